"""The process in which a person's pictures are decoded, isolated from everything else.

It reads a request as JSON from standard input: the `folder` with the files, which are named by
numbers, their `count`, and the `target`. It writes `images.npy` there and answers in JSON: for each
file its `height`, `width`, whether it is `gray`, and `notes`, or the `reason` why it is refused,
with a `detail`.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from builder.analysis.given_pictures import range_words
from builder.datasets.own_images.fitting import fit
from builder.datasets.own_images.pictures import header, read
from builder.datasets.own_images.raw import Raw, to_image, used_range
from builder.datasets.own_images.reasons import NotAnImageError, Reason
from builder.datasets.own_images.target import Target


def main() -> None:
    """Decodes the requested files."""
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    folder, target = Path(request["folder"]), Target.create(request["target"])
    images: list[Any] = []
    answers: list[dict[str, Any]] = []
    for number in range(request["count"]):
        try:
            image, answer = _read((folder / str(number)).read_bytes(), target)
        except NotAnImageError as error:
            answers.append({"reason": error.reason, "detail": error.detail})
        else:
            images.append(image)
            answers.append(answer)
    np.save(folder / "images.npy", np.array(images, np.uint8).reshape(-1, *target.shape))
    sys.stdout.write(json.dumps(answers))


def _read(content: bytes, target: Target) -> tuple[Any, dict[str, Any]]:
    """Returns a picture as the model sees it, and facts about the file."""
    known = header(content)
    if known.has_more_frames:
        raise NotAnImageError(Reason.ANIMATED)
    raw = read(content, near=target.shape[:2] if target.fit == "stretch" else None)
    image = to_image(raw, target.ranges)
    about = {"height": known.height, "width": known.width, "gray": image.mode == "L"}
    return fit(image, target), about | {"notes": _notes(raw, target)}


def _notes(raw: Raw, target: Target) -> list[str]:
    """What decoding changes of a picture, in words."""
    notes = ["laid on white where it is transparent"] if raw.alpha is not None else []
    found, used = raw.extent(), used_range(raw, target.ranges)
    return notes + range_words(raw.kind, found.low, found.high, used, target.ranges)


if __name__ == "__main__":
    main()
