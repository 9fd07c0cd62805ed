"""Zips, folders and arrays are read for what they are, and told apart by their folders."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from builder.datasets.own_images import pictures
from builder.datasets.own_images.fitting import fit
from builder.datasets.own_images.layout import lay_out
from builder.datasets.own_images.opening import open_source
from builder.datasets.own_images.pictures import decode, header
from builder.datasets.own_images.reasons import NotAnImageError
from builder.datasets.own_images.survey import survey
from builder.datasets.own_images.target import Target
from builder.system.errors import BuilderError, FormatError
from tests.datasets.given import kept, picture, two_classes, write_folder, write_npz, write_zip

TRAIN = {f"train/{name}": content for name, content in two_classes().items()}
TEST = {f"test/{name}": content for name, content in two_classes(1).items()}


@pytest.mark.parametrize(
    ("paths", "classes", "num_test", "outside"),
    [
        (["cat/1.png", "dog/2.png"], ["cat", "dog"], 0, []),
        (["top/cat/1.png", "top/dog/2.png"], ["cat", "dog"], 0, []),
        (["top/cat/a/1.png", "top/dog/b/c/2.png"], ["cat", "dog"], 0, []),
        (["train/cat/1.png", "train/dog/2.png", "test/cat/3.png"], ["cat", "dog"], 1, []),
        (["top/Train/cat/1.png", "top/Train/dog/2.png"], ["cat", "dog"], 0, []),
        (["top/train/a/1.png", "top/val/b/2.png", "top/x/y.txt"], ["a", "b"], 0, ["top/x/y.txt"]),
        (["10/1.png", "9/2.png", "1/3.png"], ["1", "9", "10"], 0, []),
        (["readme.txt", "top/cat/1.png", "top/dog/2.png"], ["cat", "dog"], 0, ["readme.txt"]),
        (["__MACOSX/cat/1.png", "cat/.DS_Store", "cat/1.png", "dog/Thumbs.db"], ["cat"], 0, []),
    ],
)
def test_classes_are_recognized_by_the_folders(
    paths: list[str], classes: list[str], num_test: int, outside: list[str]
) -> None:
    found = lay_out(paths)
    assert list(found.classes) == classes
    assert len(found.test) == num_test
    assert list(found.outside) == outside


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["1.png", "2.png"], "no class can be told"),
        (["test/1.png", "train/2.png"], "no class can be told"),
        (["train/a/1.png", "test/b/2.png"], "the training folder lacks: 'b'"),
        (["a\x07/1.png", "b/2.png"], "printable"),
        (["x" * 101 + "/1.png", "b/2.png"], "1 to 100 printable"),
        ([f"{n}/1.png" for n in range(1_001)], "received 1,001 classes"),
    ],
)
def test_folders_that_tell_no_classes_are_refused(paths: list[str], expected: str) -> None:
    with pytest.raises(FormatError, match=expected):
        lay_out(paths)


@pytest.mark.parametrize("pack", [write_zip, write_folder])
def test_a_zip_and_a_folder_become_the_same_arrays(tmp_path: Path, home: Path, pack: Any) -> None:
    ending = ".zip" if pack is write_zip else ""
    path = pack(tmp_path / f"set{ending}", {f"top/{k}": v for k, v in {**TRAIN, **TEST}.items()})
    own = kept(path, home, Target(8, 12, 3)).dataset
    assert own.classes == ("blue", "red")
    assert (own.class_counts, own.test_class_counts) == ((3, 3), (1, 1))
    folder = home / "datasets" / own.id
    images, labels = (np.load(folder / f"{name}.npy") for name in ("images", "labels"))
    assert images.shape == (6, 8, 12, 3)
    assert images.dtype == np.uint8
    reds = sorted(images[labels == 1][:, 0, 0, 2].tolist())
    assert reds == [30, 31, 32]
    assert np.load(folder / "test_images.npy").shape == (2, 8, 12, 3)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"])
def test_every_format_is_decoded(kind: str) -> None:
    content = picture((200, 30, 30), (20, 10), kind)
    image = decode(content)
    assert (image.size, image.mode) == ((20, 10), "RGB")
    assert np.abs(np.asarray(image, int)[5, 5] - (200, 30, 30)).max() < 12
    assert (header(content).height, header(content).width) == (10, 20)


@pytest.mark.parametrize("kind", ["PPM", "ICO", "EPS", "TGA"])
def test_other_formats_are_none(kind: str) -> None:
    for look in (header, decode):
        with pytest.raises(NotAnImageError, match="not a PNG"):
            look(picture((1, 2, 3), (16, 16), kind))


def test_a_picture_of_far_too_many_pixels_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    content = picture(size=(90, 80))
    monkeypatch.setattr(pictures, "MAX_PIXELS", 7_000)
    with pytest.raises(NotAnImageError, match="80×90, more than"):
        header(content)
    larger = bytearray(content)
    larger[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(NotAnImageError):
        decode(bytes(larger))


def test_pictures_of_every_mode_become_eight_bits() -> None:
    sixteen = Image.fromarray(np.full((4, 4), 65_535, np.uint16))
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    palette = Image.new("P", (4, 4))
    for image, expected in ((sixteen, "L"), (clear, "RGB"), (palette, "RGB")):
        file = io.BytesIO()
        image.save(file, "PNG")
        found = decode(file.getvalue())
        assert found.mode == expected
        if image is not palette:
            assert np.asarray(found).min() == 255  # transparency is shown on white


def test_a_photograph_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = picture((1, 2, 3), (20, 10), "JPEG", exif=exif)
    assert (header(content).height, header(content).width) == (20, 10)
    assert decode(content).size == (10, 20)


def test_fitting_stretches_crops_or_pads() -> None:
    image = Image.new("RGB", (20, 10), "white")
    image.paste("black", (0, 0, 5, 10))
    stretched = fit(image, Target(10, 10, 1, "stretch"))[..., 0]
    cropped = fit(image, Target(10, 10, 1, "crop"))[..., 0]
    padded = fit(image, Target(10, 10, 1, "pad"))[..., 0]
    assert (stretched[:, 0] < 60).all()
    assert (cropped == 255).all()  # the black strip is cut off
    assert (padded[0] == 0).all()
    assert padded[5, -1] == 255


def test_pictures_of_the_right_size_are_not_touched() -> None:
    values = np.random.default_rng(0).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    assert np.array_equal(fit(Image.fromarray(values), Target(6, 5, 3, "crop")), values)


def arrays(count: int = 6, **changes: Any) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (count, 4, 5, 3), dtype=np.uint8)
    return {"images": images, "labels": np.arange(count) % 2, **changes}


@pytest.mark.parametrize(
    "names",
    [("x_train", "y_train"), ("train_images", "train_labels"), ("images", "labels"), ("X", "Y")],
)
def test_arrays_are_found_by_their_usual_names(
    tmp_path: Path, home: Path, names: tuple[str, str]
) -> None:
    given = arrays()
    path = write_npz(
        tmp_path / "set.npz", **{names[0]: given["images"], names[1]: given["labels"]}, extra=[1.0]
    )
    own = kept(path, home, Target(4, 5, 3)).dataset
    assert own.classes == ("0", "1")
    assert np.array_equal(np.load(home / "datasets" / own.id / "images.npy"), given["images"])


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda a: {"images": a["images"] / 255}, "The values 0 to 1 become 0 to 255."),
        (
            lambda a: {"images": a["images"].astype(np.float32)},
            "values 0 to 255 stay as they are, rounded",
        ),
        (
            lambda a: {"images": a["images"].astype(np.int64)},
            "values 0 to 255 (8 bit) stay as they are",
        ),
        (lambda a: {"images": a["images"].transpose(0, 3, 1, 2).copy()}, "channels"),
        (lambda a: {"labels": a["labels"][:, np.newaxis]}, ""),
        (lambda a: {"labels": np.eye(2)[a["labels"]]}, ""),
        (lambda a: {"labels": a["labels"].astype(float)}, ""),
        (lambda a: {"labels": a["labels"] * 4 + 3}, "3 to 7 have gaps"),
        (lambda a: {"labels": a["labels"] + 1}, "The labels go from 1 to 2; the classes"),
        (lambda _: {"classes": ["cat", "dog", "fox"]}, "the last 1 of the names, such as 'fox'"),
        (lambda a: {"labels": np.array(["cat", "dog"])[a["labels"]]}, ""),
        (lambda a: {"class_names": np.array(["cat", "dog"])}, ""),
    ],
)
def test_values_of_all_usual_kinds_become_the_same_images(
    tmp_path: Path, home: Path, change: Any, note: str
) -> None:
    given = arrays()
    path = write_npz(tmp_path / "set.npz", **given | change(given))
    own = kept(path, home, Target(4, 5, 3)).dataset
    folder = home / "datasets" / own.id
    assert np.array_equal(np.load(folder / "images.npy"), given["images"])
    assert np.array_equal(np.load(folder / "labels.npy"), given["labels"])
    assert note in " ".join(own.notes)
    assert own.classes in {("0", "1"), ("1", "2"), ("3", "7"), ("cat", "dog")}


def test_gray_arrays_and_test_arrays(tmp_path: Path, home: Path) -> None:
    given = arrays()
    gray = given["images"][..., 0]
    path = write_npz(
        tmp_path / "set.npz",
        x_train=gray, y_train=given["labels"], x_test=gray[:2] > 100, y_test=given["labels"][:2],
    )  # fmt: skip
    own = kept(path, home, Target(4, 5, 1)).dataset
    assert own.test_class_counts == (1, 1)
    tested = np.load(home / "datasets" / own.id / "test_images.npy")
    assert np.array_equal(tested[..., 0], np.where(gray[:2] > 100, 255, 0))


def test_a_survey_says_what_is_there(tmp_path: Path) -> None:
    members = two_classes() | {
        "red/big.png": picture(9, (30, 20), mode="L"),
        "red/notes.txt": b"no image",
        **{f"blue/bad{n}.png": b"no" for n in range(6)},
        "readme.txt": b"hello",
    }
    with open_source(write_zip(tmp_path / "Set.zip", members)) as source:
        found = survey(source, tmp_path)
    assert (found.title, found.classes, found.counts) == ("Set", ("blue", "red"), (3, 4))
    assert (found.smallest, found.largest, found.num_sizes) == ((8, 12), (20, 30), 2)
    assert found.sizes[0] == (8, 12, 6)
    assert (found.num_gray, found.channels) == (1, 3)
    assert found.bad.count == 7
    (no_images,) = found.bad.groups
    assert len(no_images.first) == 5
    assert no_images.names.endswith("and 2 more")
    assert str(found.outside) == "readme.txt (in no class's folder)"
    assert [sample.label for sample in found.samples] == [0, 1, 0, 1, 0, 1, 1]
    for sample in found.samples:
        assert decode((tmp_path / sample.file).read_bytes()).size in {(12, 8), (30, 20)}


def test_files_that_are_no_images_are_refused_unless_left_out(tmp_path: Path, home: Path) -> None:
    path = write_zip(tmp_path / "set.zip", two_classes() | {"red/x.png": picture()[:45]})
    with pytest.raises(FormatError, match=r"1 of 7 files is no image: red/x\.png"):
        kept(path, home)
    assert not [*(home / "datasets").glob("[0-9a-f]*")]
    own = kept(path, home, leave_out=True).dataset
    assert (own.class_counts, own.left_out) == ((3, 3), 1)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"only/1.png": picture(), "only/2.png": picture()}, "of 1 class"),
        ({"a/1.png": picture(), "b/1.png": picture(), "b/2.png": picture()}, "too few images of"),
        ({"a/1.txt": b"x", "b/1.txt": b"y"}, "received 2 files, none of them an image"),
        ({"a/1.txt": b"x"}, "received 1 file, which is not an image"),
    ],
)
def test_what_nothing_can_be_learned_from_is_refused(
    tmp_path: Path, members: dict[str, bytes], expected: str
) -> None:
    path = write_zip(tmp_path / "set.zip", members)
    with pytest.raises(FormatError, match=expected), open_source(path) as source:
        survey(source, tmp_path)


@pytest.mark.parametrize("name", ["missing", "set.tar", "~/missing-images"])
def test_what_is_neither_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "set.tar").write_bytes(b"x")
    with pytest.raises(BuilderError, match=r"folder|expected a \.zip"):
        open_source(Path(name) if name.startswith("~") else tmp_path / name)


@pytest.mark.parametrize(
    "wrong", [{"height": 0}, {"width": 5_000}, {"channels": 2}, {"fit": "bend"}]
)
def test_a_target_out_of_range_is_refused(wrong: Any) -> None:
    with pytest.raises(BuilderError, match="received"):
        Target(**{"height": 8, "width": 8, "channels": 3, **wrong})
