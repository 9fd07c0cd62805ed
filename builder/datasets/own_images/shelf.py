"""The data sets that a person has added, one folder each: lists, renames, deletes, restores.

    datasets/<id>/dataset.json                      names, counts, how the images were made
                  files.json                        what the files of the images were called
                  images.npy      labels.npy        to learn from, then those of a validation set
                  test_images.npy test_labels.npy   for a last test, where some were given

The id is derived from the content: the same images in the same size are the same data set, even
after they were deleted and added again. So a run always finds its own images.
"""

import json
import re
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from builder.datasets.own_images.data_codes import StoredCode
from builder.datasets.own_images.layout import MAX_CLASSES, MAX_NAME
from builder.datasets.own_images.target import MAX_SIDE, Fit
from builder.datasets.own_images.value_range import Ranges
from builder.system.atomic import write_atomically
from builder.system.errors import BuilderError, FormatError, refused
from builder.system.formats import Content, Format, NewerVersionError, declare
from builder.system.removal import note_deleted

DESCRIPTION = "dataset.json"
IMAGES, LABELS = "images.npy", "labels.npy"
TEST_IMAGES, TEST_LABELS = "test_images.npy", "test_labels.npy"

MAX_TITLE = 60
MAX_JSON_BYTES = 1_000_000
ID = re.compile(r"[0-9a-f]{16}")


def _with_validation(values: Content) -> Content:
    """Version 1 knew no validation set: its images and those to learn from were one."""
    return {"validation_class_counts": [], **values}


DESCRIPTION_FORMAT = declare(
    Format(
        "description of own images",
        (f"datasets/*/{DESCRIPTION}",),
        version=2,
        migrations=(_with_validation,),
    )
)

_Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
_Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]
_Counts = tuple[Annotated[int, Field(ge=0)], ...]


class OwnDataError(BuilderError):
    """Something cannot be done with a person's own data set."""


@dataclass(frozen=True, slots=True)
class OwnDataset:
    """A data set that a person has added.

    Attributes:
        id: The name of its folder.
        title: The person's name for it.
        digest: SHA-256 over images, labels and the names of the classes.
        classes: The names, in the order of their numbers.
        height: Of each image, in pixels.
        width: Of each image, in pixels.
        channels: 1 for gray, 3 for red, green and blue.
        class_counts: Images of each class to learn from and to validate with.
        validation_class_counts: How many of these are the validation set that was given, which
            stands behind all others; empty where none was.
        test_class_counts: Images of each class for a last test; empty where there are none.
        fit: How images of another shape were brought to this one.
        source: The name of the file or folder that they come from.
        created: ISO date and time, UTC.
        left_out: Files that are not images.
        notes: What was done to the images, in sentences.
        warnings: Problems that spoil a training or its figures, in sentences.
        value_ranges: The values that became 0 to 255, for each kind of images; empty where they
            were prepared before this was noted.
    """

    id: Annotated[str, Field(pattern=f"^{ID.pattern}$")]
    title: Annotated[str, Field(min_length=1, max_length=MAX_TITLE)]
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    classes: Annotated[tuple[_Name, ...], Field(min_length=2, max_length=MAX_CLASSES)]
    height: _Side
    width: _Side
    channels: Annotated[int, Field(ge=1, le=3)]
    class_counts: _Counts
    validation_class_counts: _Counts = ()
    test_class_counts: _Counts = ()
    fit: Fit = "stretch"
    source: str = ""
    created: str = ""
    left_out: int = 0
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    value_ranges: Ranges = ()

    @property
    def num_images(self) -> int:
        """Images for training and validation."""
        return sum(self.class_counts)

    @property
    def num_bytes(self) -> int:
        """The bytes of the arrays on disk, without headers."""
        num_images = self.num_images + sum(self.test_class_counts)
        return num_images * (self.height * self.width * self.channels + 8)


def own_datasets(home: Path) -> list[OwnDataset]:
    """All data sets of a person's own, by title. A damaged one is left out."""
    folder = datasets_folder(home)
    if not folder.is_dir():
        return []
    found: list[OwnDataset] = []
    for path in folder.iterdir():
        if ID.fullmatch(path.name):
            try:
                found.append(_read(path))
            except (OSError, FormatError):
                continue
    return sorted(found, key=lambda own: (own.title.lower(), own.id))


def find(home: Path, dataset_id: str) -> OwnDataset:
    """One data set by its id.

    Raises:
        OwnDataError: It is not there, or its files are damaged.
    """
    folder = datasets_folder(home) / dataset_id
    if not ID.fullmatch(dataset_id) or not folder.is_dir():
        deleted = find_deleted(home, dataset_id)
        if deleted is not None:
            raise OwnDataError(StoredCode.DELETED, title=deleted.title)
        raise OwnDataError(StoredCode.NOT_HERE, id=dataset_id)
    try:
        own = _read(folder)
        missing = [name for name in _files(own) if not (folder / name).is_file()]
    except NewerVersionError as error:
        raise OwnDataError(StoredCode.NEWER, id=dataset_id, inner=error.problem) from error
    except (OSError, FormatError) as error:
        code = StoredCode.UNREADABLE
        raise OwnDataError(code, id=dataset_id, reason=str(error)) from error
    if missing:
        raise OwnDataError(StoredCode.FILE_MISSING, title=own.title, file=missing[0])
    return own


def find_deleted(home: Path, dataset_id: str) -> OwnDataset | None:
    """A data set in the trash; None where there is none of this id."""
    if not ID.fullmatch(dataset_id):
        return None
    try:
        return _read(_trash_folder(home) / dataset_id)
    except (OSError, FormatError):
        return None


def rename(home: Path, dataset_id: str, title: str) -> OwnDataset:
    """Gives a data set another title; runs know it by its id.

    Raises:
        ParameterError: The title cannot be used.
        OwnDataError: It is not there.
        OSError: It cannot be saved; it keeps its old title.
    """
    own = replace(find(home, dataset_id), title=checked_title(title))
    write_description(datasets_folder(home) / dataset_id, own)
    return own


def delete(home: Path, dataset_id: str) -> None:
    """Moves a data set to the trash, from where `restore` returns it.

    Raises:
        OwnDataError: It is not there.
    """
    folder = datasets_folder(home) / dataset_id
    if not ID.fullmatch(dataset_id) or not folder.is_dir():
        raise OwnDataError(StoredCode.NOT_HERE, id=dataset_id)
    trash = _trash_folder(home)
    trash.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(trash / dataset_id, ignore_errors=True)  # the same images, deleted before
    note_deleted(folder.rename(trash / dataset_id))


def restore(home: Path, dataset_id: str) -> OwnDataset:
    """Restores a data set from the trash.

    Raises:
        OwnDataError: It is not there.
    """
    folder = _trash_folder(home) / dataset_id
    if not ID.fullmatch(dataset_id) or not folder.is_dir():
        raise OwnDataError(StoredCode.NOT_IN_TRASH, id=dataset_id)
    target = datasets_folder(home) / dataset_id
    if not target.exists():  # they may have been added again since
        folder.rename(target)
    return find(home, dataset_id)


def checked_title(title: str) -> str:
    """The title without blanks around it.

    Raises:
        ParameterError: It is empty, too long or not printable.
    """
    title = title.strip()
    if not 1 <= len(title) <= MAX_TITLE or not title.isprintable():
        raise refused("name", title, f"1 to {MAX_TITLE} printable characters")
    return title


def datasets_folder(home: Path) -> Path:
    """Where they lie."""
    return home / "datasets"


def write_description(folder: Path, own: OwnDataset) -> None:
    """Writes `dataset.json`, completely or not at all."""
    text = json.dumps(DESCRIPTION_FORMAT.stamp(asdict(own)), indent=2, ensure_ascii=False)
    write_atomically(folder / DESCRIPTION, text + "\n")


def _read(folder: Path) -> OwnDataset:
    path = folder / DESCRIPTION
    size = path.stat().st_size
    if size > MAX_JSON_BYTES:
        code = StoredCode.DESCRIPTION_TOO_LARGE
        raise FormatError(code, file=DESCRIPTION, received=size, most=MAX_JSON_BYTES)
    try:
        values: Any = json.loads(path.read_bytes())
        own = TypeAdapter(OwnDataset).validate_python(DESCRIPTION_FORMAT.current(values))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(StoredCode.DESCRIPTION_DAMAGED, file=DESCRIPTION) from error
    counts = (own.class_counts, own.validation_class_counts, own.test_class_counts)
    fits = all(len(each) == len(own.classes) for each in filter(None, counts))
    kept = zip(own.class_counts, own.validation_class_counts, strict=False)
    if own.id != folder.name or not fits or any(some > of for of, some in kept):
        raise FormatError(StoredCode.DESCRIPTION_OF_OTHERS, file=DESCRIPTION)
    return own


def _files(own: OwnDataset) -> tuple[str, ...]:
    test = (TEST_IMAGES, TEST_LABELS) if own.test_class_counts else ()
    return (IMAGES, LABELS, *test)


def _trash_folder(home: Path) -> Path:
    return home / "trash" / "datasets"
