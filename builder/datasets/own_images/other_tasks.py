"""Files of another task, whose folders look like classes: segmentation and detection.

Segmentation has a mask for each picture, as `images/1.jpg` and `masks/1.png`; detection a file of
boxes, as `images/train/1.jpg` and `labels/train/1.txt`.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from builder.datasets.own_images.data_codes import DataCode
from builder.datasets.own_images.roles import Role, are_parts
from builder.system.errors import FormatError

_IMAGES = frozenset(
    "image images img imgs jpegimages photo photos picture pictures original originals input inputs"
    " frames rgb".split()
)
_MASKS = frozenset(
    "mask masks label labels annotation annotations segmentation segmentations segmentationclass"
    " segmentationobject seg gt groundtruth truth target targets trimaps".split()
)
_BOXES = frozenset({"txt", "xml", "json"})
ENOUGH = 0.5
"""Share of the pictures that have a partner of the same name, from which on it is no chance."""


def check_task(paths: Sequence[str], found: Mapping[Role, Iterable[tuple[str, str]]]) -> None:
    """Refuses folders that are known to hold something else than classes.

    Args:
        paths: Of all files.
        found: The files that were taken for images, with the names of their classes.

    Raises:
        FormatError: These are masks or boxes.
    """
    placed = [one for each in found.values() for one in each]
    names = {name for _, name in placed}
    plain = {_plain(name): name for name in names}
    images, masks = plain.keys() & _IMAGES, plain.keys() & _MASKS
    if images and masks and plain.keys() <= _IMAGES | _MASKS:
        image, mask = plain[min(images)], plain[min(masks)]
        raise FormatError(DataCode.PICTURES_AND_MASKS, pictures=image, masks=mask)
    are_classes = len(names - {plain[one] for one in images}) > 1 and not are_parts(names)
    if not are_classes and _have_boxes(paths):
        raise FormatError(DataCode.BOXES)


def _have_boxes(paths: Sequence[str]) -> bool:
    """Whether most pictures have a file of text with their name."""
    files = [PurePosixPath(path) for path in paths]
    texts = {file.stem for file in files if file.suffix[1:].lower() in _BOXES}
    pictures = {file.stem for file in files if file.suffix[1:].lower() not in _BOXES}
    return bool(pictures) and len(texts & pictures) >= ENOUGH * len(pictures)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
