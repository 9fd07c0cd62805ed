"""The process in which a person's pictures are decoded: what goes wrong there harms nobody else.

It takes a request as JSON on standard input: `folder`, in which the files are called by their
numbers, their `count`, and the `target`. It writes `images.npy` there and answers in JSON: for each
file its `height`, `width`, whether it is `grey` and `notes`, or the `reason` why it is not taken.
"""

import io
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from builder.own_data.pictures import FORMATS, NotAnImageError, Target, decode, fit, header


def main() -> None:
    """Decodes what is asked for."""
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    folder, target = Path(request["folder"]), Target(**request["target"])
    images: list[Any] = []
    answers: list[dict[str, Any]] = []
    for number in range(request["count"]):
        try:
            image, answer = _read((folder / str(number)).read_bytes(), target)
        except NotAnImageError as error:
            answers.append({"reason": str(error)})
        else:
            images.append(image)
            answers.append(answer)
    np.save(folder / "images.npy", np.array(images, np.uint8).reshape(-1, *target.shape))
    sys.stdout.write(json.dumps(answers))


def _read(content: bytes, target: Target) -> tuple[Any, dict[str, Any]]:
    """Gives a picture as the model sees it, and what is known of the file."""
    known = header(content)
    notes = _notes(content)
    image = decode(content, near=target.shape[:2] if target.fit == "stretch" else None)
    about = {"height": known.height, "width": known.width, "grey": image.mode == "L"}
    return fit(image, target), about | {"notes": notes}


def _notes(content: bytes) -> list[str]:
    """What decoding changes of a picture, in words.

    Raises:
        NotAnImageError: It is an animation.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damaged notes in a file; decoding says what matters
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    if getattr(image, "is_animated", False):
        raise NotAnImageError("animated")
    notes = ["laid on white where it is transparent"] if image.has_transparency_data else []
    return notes + (["brought to 8 bits"] if image.mode.startswith(("I", "F")) else [])


if __name__ == "__main__":
    main()
