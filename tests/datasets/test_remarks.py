"""What about images spoils a training is told: copies, names that look alike, absent classes."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from builder.checks.training_check import check
from builder.datasets.own_images.look_alikes import look_alikes, sentence
from builder.datasets.own_images.opening import open_source
from builder.datasets.own_images.survey import Survey, survey
from builder.datasets.own_images.target import Target
from builder.datasets.published import dataset
from builder.system.errors import FormatError
from builder.training.settings import TrainingSettings
from tests.datasets.given import kept, picture, write_folder, write_npz, write_zip


def photo(seed: int, kind: str = "PNG", **options: Any) -> bytes:
    """A picture of many colors."""
    values = np.random.default_rng(seed).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(values).save(file, kind, **options)
    return file.getvalue()


def photos(*paths: str) -> dict[str, bytes]:
    return {path: photo(seed) for seed, path in enumerate(paths)}


def looked_at(path: Path, folder: Path) -> Survey:
    with open_source(path) as source:
        return survey(source, folder)


PLAIN = photos("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png")


@pytest.mark.parametrize("pack", [write_zip, write_folder])
def test_a_picture_in_two_classes_is_reported(tmp_path: Path, home: Path, pack: Any) -> None:
    members = PLAIN | {"dog/copy.png": PLAIN["cat/2.png"], "dog/more.png": PLAIN["cat/1.png"]}
    path = pack(tmp_path / ("set.zip" if pack is write_zip else "set"), members)
    (told,) = looked_at(path, tmp_path).warnings
    assert told.startswith("2 pictures are in more than one class (to the byte), such as ")
    assert "cat/1.png and dog/more.png" in told or "cat/2.png and dog/copy.png" in told
    (stored,) = kept(path, home).dataset.warnings
    assert "2 pictures are in more than one class (once they are 4×4)" in stored


@pytest.mark.parametrize("other", [("BMP", {}), ("PNG", {"compress_level": 1}), ("TIFF", {})])
def test_the_same_pixels_in_another_file_are_reported_when_they_are_stored(
    tmp_path: Path, home: Path, other: tuple[str, dict[str, Any]]
) -> None:
    members = PLAIN | {"dog/copy.png": photo(0, other[0], **other[1])}
    path = write_zip(tmp_path / "set.zip", members)
    assert looked_at(path, tmp_path).warnings == ()
    own = kept(path, home, Target(16, 16, 3)).dataset
    assert "1 picture is in more than one class" in own.warnings[0]
    assert "cat/1.png and dog/copy.png" in own.warnings[0]
    known = dataset(f"own:{own.id}")
    found = check((16, 16, 3), (2,), "softmax", (), TrainingSettings(dataset=known.name))
    assert own.warnings[0] in [one.message for one in found.findings if one.level == "warning"]


def test_a_picture_in_two_parts_of_a_split_is_reported(tmp_path: Path, home: Path) -> None:
    members = {
        f"{part}/{path}": photo(seed)
        for seed, (part, path) in enumerate((p, c) for p in ("train", "val", "test") for c in PLAIN)
    }
    members["test/cat/leak.png"] = members["train/cat/1.png"]
    members["val/dog/leak.png"] = members["train/dog/1.png"]
    path = write_zip(tmp_path / "set.zip", members)
    told = looked_at(path, tmp_path).warnings
    assert len(told) == 2
    assert "1 picture is both in the training and in the validation images" in told[0]
    assert "such as train/dog/1.png and val/dog/leak.png" in told[0]
    assert "both in the training and in the test images" in told[1]
    assert "train/cat/1.png and test/cat/leak.png" in told[1]
    assert len(kept(path, home, Target(16, 16, 3)).dataset.warnings) == 2


def test_copies_in_an_npz_and_in_one_class(tmp_path: Path, home: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (8, 6, 6), dtype=np.uint8)
    images[5] = images[0]
    images[7] = images[1]
    labels = np.array([0, 1] * 4)
    path = write_npz(tmp_path / "set.npz", x_train=images, y_train=labels, x_test=images[2:4],
                     y_test=labels[2:4])  # fmt: skip
    found = looked_at(path, tmp_path)
    assert "1 picture is in more than one class" in found.warnings[0]
    assert "x_train[0] and x_train[5]" in found.warnings[0]
    assert "2 pictures are both in the training and in the test images" in found.warnings[1]
    assert any("1 picture repeats another of the same class" in note for note in found.notes)
    assert looked_at(write_zip(tmp_path / "plain.zip", PLAIN), tmp_path).warnings == ()


@pytest.mark.parametrize(
    ("one", "other", "because"),
    [
        ("cat", "c\u0430t", "U+0430 CYRILLIC SMALL LETTER A"),
        ("cat", "Cat", "'Cat'"),
        ("caf\u00e9", "cafe\u0301", "U+0301 COMBINING ACUTE ACCENT"),
        ("cat", "cat ", "'cat '"),
        ("red fox", "red  fox", "'red  fox'"),
        ("\uff43\uff41\uff54", "cat", "U+FF43 FULLWIDTH LATIN SMALL LETTER C"),
        ("\u03bf", "o", "U+03BF GREEK SMALL LETTER OMICRON"),
        ("t\u2010shirt", "t-shirt", "U+2010 HYPHEN"),
        ("stra\u00dfe", "strasse", "U+00DF"),
    ],
)
def test_names_that_look_alike_are_reported(one: str, other: str, because: str) -> None:
    assert look_alikes([one, "dog", other]) == [(one, other)]
    told = sentence([one, "dog", other])
    assert because in told
    assert "look alike are kept apart" in told


def test_names_that_differ_are_not_told() -> None:
    names = ["cat", "cart", "кот", "катя", "o", "0", "l", "1", "8", "B", "naïve", "naive2", "数"]
    assert look_alikes(names) == []
    assert sentence(names) == ""


def test_many_names_that_look_alike_are_one_sentence() -> None:
    letters = "abcdefghij"
    told = sentence([*letters, *letters.upper()])
    assert told.startswith("Classes that look alike are kept apart: 'a' and 'A'; 'b' and 'B'; ")
    assert "; and 7 more." in told


def test_a_class_that_looks_like_another_is_reported_of_a_folder(
    tmp_path: Path, home: Path
) -> None:
    members = {path.replace("dog", "c\u0430t"): content for path, content in PLAIN.items()}
    path = write_zip(tmp_path / "set.zip", members)
    assert "CYRILLIC" in looked_at(path, tmp_path).warnings[0]
    assert "CYRILLIC" in kept(path, home).dataset.warnings[0]


def test_a_part_without_a_class_is_reported(tmp_path: Path, home: Path) -> None:
    members = photos("train/cat/1.png", "train/cat/2.png", "train/dog/1.png", "train/dog/2.png",
                     "val/cat/3.png", "val/dog/3.png", "val/eel/3.png", "val/eel/4.png",
                     "test/cat/4.png")  # fmt: skip
    path = write_zip(tmp_path / "set.zip", members)
    expected = (
        "The training images hold none of eel: it cannot be learned.",
        "The test images hold none of dog, eel: the last test says nothing about it.",
    )
    assert looked_at(path, tmp_path).warnings == expected
    assert kept(path, home, Target(16, 16, 3)).dataset.warnings == expected
    members["test/fox/5.png"] = photo(99)
    with pytest.raises(FormatError, match="class that the training folder lacks: 'fox'"):
        looked_at(write_zip(tmp_path / "more.zip", members), tmp_path)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("HAM_images_part_1", "HAM_images_part_2"), True),
        (("batch 1", "batch 2", "batch 10"), True),
        (("fold0", "fold1"), True),
        (("c0", "c1"), False),
        (("part_1", "whole_1"), False),
        (("spare part", "spare tire"), False),
    ],
)
def test_classes_that_are_called_like_pieces_of_one_set_are_reported(
    tmp_path: Path, names: tuple[str, ...], told: bool
) -> None:
    members = photos(*(f"{name}/{number}.png" for name in names for number in range(2)))
    warnings = looked_at(write_zip(tmp_path / "set.zip", members), tmp_path).warnings
    assert any("called like pieces of one set" in one for one in warnings) is told


def mask(values: int, size: tuple[int, int] = (16, 16)) -> bytes:
    """A gray picture of few values."""
    file = io.BytesIO()
    drawn = (np.add.outer(np.arange(size[1]), np.arange(size[0])) % values).astype(np.uint8)
    Image.fromarray(drawn).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("split", [[""], ["train/", "val/"]])
@pytest.mark.parametrize("name", ["scene_{}", "{}", "0{}_x"])
@pytest.mark.parametrize("masked", ["{}", "{}_annotated", "y{}"])
def test_masks_under_any_name_are_refused(
    tmp_path: Path, split: list[str], name: str, masked: str
) -> None:
    members: dict[str, bytes] = {}
    for number in range(3, 7):
        for part in split:
            members[f"{part}left/{name.format(number)}.png"] = photo(number)
            members[f"{part}right/{masked.format(name.format(number))}.png"] = mask(3)
    with pytest.raises(FormatError, match="the folder right is no class: it holds a mask for each"):
        looked_at(write_zip(tmp_path / "set.zip", members), tmp_path)


def test_masks_among_more_folders_are_refused(tmp_path: Path) -> None:
    members = {f"{name}/{n}.png": photo(n + 9 * s) for n in range(4)
               for s, name in enumerate(("overlay", "shot"))}  # fmt: skip
    members |= {f"truth/{n}.png": mask(3) for n in range(4)}
    with pytest.raises(FormatError, match="the folder truth is no class"):
        looked_at(write_zip(tmp_path / "set.zip", members), tmp_path)


@pytest.mark.parametrize(
    "masked", ["{} mask.png", "{}_mask.png", "{}.gt.gif", "{}.gif", "{}_segmentation.PNG"]
)
@pytest.mark.parametrize("below", ["", "{}/images/"])
def test_masks_in_the_folders_of_their_pictures_are_refused(
    tmp_path: Path, masked: str, below: str
) -> None:
    members: dict[str, bytes] = {}
    for number in range(6):
        folder = f"{'cat' if number % 2 else 'dog'}/" + below.format(number)
        members[f"{folder}scan {number}.png"] = photo(number)
        members[folder + masked.format(f"scan {number}")] = mask(3)
    with pytest.raises(FormatError, match="6 files are masks of the pictures beside them"):
        looked_at(write_zip(tmp_path / "set.zip", members), tmp_path)


def test_pictures_whose_names_add_to_others_are_pictures(tmp_path: Path) -> None:
    members = photos(*(f"{c}/{n}{more}.png" for c in "ab" for n in range(4) for more in ("", "_2")))
    members |= {"a/0_mask.png": mask(2)}
    assert sum(looked_at(write_zip(tmp_path / "set.zip", members), tmp_path).counts) == 17


def test_nothing_to_learn_from_is_refused(tmp_path: Path) -> None:
    members = {f"train/{name}/1.png": b"no image" for name in ("cat", "dog")}
    members |= photos(*(f"val/{name}/{n}.png" for name in ("cat", "dog") for n in range(2)))
    with pytest.raises(FormatError, match="none to learn from"):
        looked_at(write_zip(tmp_path / "set.zip", members), tmp_path)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([photo(n) for n in range(4)], [photo(n + 9) for n in range(4)]),
        ([mask(2) for _ in range(4)], [mask(3) for _ in range(4)]),
        ([photo(n) for n in range(4)], [mask(3, (8, 8)) for _ in range(4)]),
        ([photo(n) for n in range(4)], [photo(9), mask(2), mask(2), mask(2)]),
        ([photo(n) for n in range(9)], [mask(3) for _ in range(4)]),
        ([picture((n, 0, 0)) for n in range(4)], [picture((n, 9, 0)) for n in range(4)]),
    ],
)
def test_two_classes_with_the_same_names_of_files_are_classes(
    tmp_path: Path, first: list[bytes], second: list[bytes]
) -> None:
    members = {f"a/{n}.png": content for n, content in enumerate(first)}
    members |= {f"b/{n}.png": content for n, content in enumerate(second)}
    found = looked_at(write_zip(tmp_path / "set.zip", members), tmp_path)
    assert found.classes == ("a", "b")
