"""Damaged and hostile uploads are refused with a message, soon; none raises anything else."""

import io
import random
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.datasets.own_images import archive
from builder.datasets.own_images.opening import open_source
from builder.datasets.own_images.target import Target
from builder.system.errors import BuilderError, FormatError
from tests.datasets.given import kept, picture, two_classes, write_npz, write_zip

IMAGES = np.zeros((4, 3, 3), np.uint8)
LABELS = np.array([0, 1, 0, 1])


def packed(change: Callable[[zipfile.ZipFile], object]) -> bytes:
    """A good archive, and what is done to it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in two_classes().items():
            opened.writestr(name, content)
        change(opened)
    return file.getvalue()


def member(name: str, content: bytes = b"", mode: int = 0) -> bytes:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return packed(lambda opened: opened.writestr(info, content))


def encrypted() -> bytes:
    content = bytearray(packed(lambda _: None))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def twice() -> bytes:
    content = packed(lambda opened: opened.writestr("red/0.jpg", picture()))
    return content.replace(b"red/0.jpg", b"red/0.png")


ZIPS: dict[str, tuple[bytes, str]] = {
    "a path upwards": (member("../red/1.png"), "leads outside"),
    "a hidden path upwards": (member("red/..\\..\\1.png"), "leads outside"),
    "an absolute path": (member("/etc/1.png"), "leads outside"),
    "a drive": (member("C:/red/1.png"), "leads outside"),
    "a link": (member("red/link.png", b"/etc/passwd", stat.S_IFLNK | 0o777), "a link"),
    "an archive inside": (member("red/more.zip", b"PK"), "another archive"),
    "a bomb": (member("red/x.png", bytes(20_000_000)), "for 1"),
    "encrypted": (encrypted(), "encrypted"),
    "twice the same name": (twice(), "twice"),
    "cut off": (packed(lambda _: None)[:-30], "cut off or damaged"),
    "only its end": (packed(lambda _: None)[-60:], "cut off or damaged"),
    "empty": (b"", "cut off or damaged"),
    "a picture": (picture(), "cut off or damaged"),
    "no members": (b"PK\x05\x06" + bytes(18), "no class can be told"),
}


@pytest.mark.parametrize("title", ZIPS)
def test_a_hostile_zip_is_refused(tmp_path: Path, title: str) -> None:
    content, expected = ZIPS[title]
    path = tmp_path / "set.zip"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=expected), open_source(path):
        pass


@pytest.mark.parametrize(
    ("limit", "value", "expected"),
    [
        ("MAX_MEMBERS", 5, "has 6 members, expected at most 5"),
        ("MAX_BYTES", 300, "would unpack to"),
        ("MAX_MEMBER_BYTES", 50, "bytes, expected at most 50"),
        ("MAX_TABLE", 100, "table of contents is too large"),
    ],
)
def test_a_zip_has_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, expected: str
) -> None:
    path = write_zip(tmp_path / "set.zip", two_classes())
    monkeypatch.setattr(archive, limit, value)
    with pytest.raises(FormatError, match=expected), open_source(path):
        pass


def npy(header: str, data: bytes = b"", version: tuple[int, int] = (1, 0)) -> bytes:
    text = header.encode("latin1")
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H", len(text)) + text + data


def described(shape: str = "(4, 3, 3)", descr: str = "'|u1'", order: str = "False") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n"


HEADERS: dict[str, tuple[bytes, str]] = {
    "no magic": (b"hello", "is not an array"),
    "another version": (npy(described(), version=(9, 9)), "is not an array"),
    "no dictionary": (npy("[" * 9_000), "is not an array"),
    "code": (npy("__import__('os').system('true')\n"), "is not an array"),
    "a huge shape": (npy(described("(10**6, 10**6)")), "is not an array"),
    "a vast shape": (npy(described("(4, 99999999, 99999999)")), "should have"),
    "a negative shape": (npy(described("(-4, -3, 3)"), bytes(36)), "should have"),
    "shorter than it says": (npy(described(), bytes(35)), "should have 36 bytes, received 35"),
    "longer than it says": (npy(described(), bytes(37)), "should have 36 bytes"),
    "objects": (npy(described(descr="'|O'"), bytes(288)), "objects"),
    "records": (npy(described(descr="[('a', '|u1')]"), bytes(36)), "expected numbers"),
    "complex numbers": (npy(described(descr="'<c8'"), bytes(288)), "expected numbers"),
    "column by column": (npy(described(order="True"), bytes(36)), "column by column"),
    "texts": (npy(described(descr="'<U1'"), bytes(144)), "holds texts"),
    "nothing": (npy(described("(4, 0, 3)")), "expected 1 to"),
    "no images": (npy(described("(4, 9)"), bytes(36)), "has the shape 4×9"),
    "four channels": (npy(described("(4, 2, 2, 4)"), bytes(64)), "has the shape"),
}


@pytest.mark.parametrize("title", HEADERS)
def test_a_hostile_array_is_refused(tmp_path: Path, title: str) -> None:
    content, expected = HEADERS[title]
    path = write_npz(tmp_path / "set.npz", labels=LABELS)
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr("images.npy", content)
    with pytest.raises(FormatError, match=expected), open_source(path):
        pass


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"images": IMAGES}, "expected x_train and y_train"),
        ({"images": IMAGES, "labels": LABELS[:3]}, "4 images, 'labels' 3 labels"),
        ({"images": np.full((4, 3, 3), np.nan), "labels": LABELS}, "NaN"),
        ({"images": np.full((4, 3, 3), np.inf), "labels": LABELS}, "infinite"),
        ({"images": IMAGES + np.array([-1e308, 0, 1e308]), "labels": LABELS}, "that can be scaled"),
        ({"images": IMAGES, "Images": IMAGES, "labels": LABELS}, "differ in more than case"),
        ({"images": IMAGES.astype(object), "labels": LABELS}, "holds objects"),
        ({"images": IMAGES, "labels": LABELS.astype(str).astype(object)}, r"labels\.tolist\(\)"),
        ({"images": IMAGES.reshape(4, -1), "labels": LABELS}, r"images\.reshape\(-1, height"),
        ({"images": np.zeros((4, 8, 8, 4)), "labels": LABELS}, r"images\[\.\.\., :3\]"),
        ({"images": IMAGES, "labels": LABELS + 0.5}, "not whole numbers"),
        ({"images": IMAGES, "labels": LABELS - np.nan}, "not whole numbers"),
        ({"images": IMAGES, "labels": LABELS - 1}, "go down to -1"),
        ({"images": IMAGES, "labels": LABELS * 1e300}, "too large"),
        ({"images": IMAGES, "labels": np.ones((4, 3))}, "not one-hot"),
        ({"images": IMAGES, "labels": np.ones((4, 3, 2))}, "3 axes"),
        ({"images": IMAGES, "labels": np.zeros(4, int)}, "of 1 class"),
        ({"images": IMAGES, "labels": np.arange(4)}, "too few images of '0', '1'"),
        ({"images": IMAGES, "labels": np.array(["a", "\a"] * 2)}, "printable"),
        ({"images": IMAGES, "labels": LABELS, "classes": ["a"]}, "names only 1 classes"),
        ({"images": IMAGES, "labels": LABELS, "classes": ["a", "a"]}, "the same name"),
        (
            {"x": IMAGES, "y": LABELS, "x_test": IMAGES, "y_test": LABELS + 1},
            "the training labels lack: '2'",
        ),
        (
            {"x": IMAGES, "y": LABELS, "x_test": IMAGES, "y_test": np.array(["a"] * 4)},
            "the training labels lack: 'a'",
        ),
    ],
)
def test_arrays_that_fit_no_images_and_classes_are_refused(
    tmp_path: Path, home: Path, given: Any, expected: str
) -> None:
    with pytest.raises(FormatError, match=expected):
        kept(write_npz(tmp_path / "set.npz", **given), home, Target(3, 3, 1))


def test_too_many_classes_are_refused(tmp_path: Path, home: Path) -> None:
    path = write_npz(tmp_path / "set.npz", x=np.zeros((2_000, 1, 1), np.uint8), y=np.arange(2_000))
    with pytest.raises(FormatError, match="name 2,000 classes, expected at most 1,000"):
        kept(path, home)


def originals(folder: Path) -> dict[str, bytes]:
    """One small archive of each kind."""
    pictures = two_classes(2) | {
        "red/a.jpg": picture(kind="JPEG"),
        "red/a.gif": picture(kind="GIF"),
        "red/a.tif": picture(kind="TIFF", compression="tiff_lzw"),
        "blue/a.tif": picture(0.5, mode="F", kind="TIFF"),
        "blue/deep.png": picture(4_000, mode="I;16"),
    }
    write_zip(folder / "a.zip", pictures)
    write_npz(folder / "a.npz", images=IMAGES, labels=LABELS, class_names=["cat", "dog"])
    np.savez_compressed(folder / "b.npz", x=np.ones((6, 4, 4, 3), np.float32), y=[0, 1] * 3)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Changes, cuts out, repeats or appends a few bytes."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(changed))
        kind = rng.randrange(5)
        if kind == 0:
            changed[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            changed[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif kind == 2:
            del changed[at : at + rng.randrange(1, 40)]
        elif kind == 3:
            changed[at:at] = changed[at : at + rng.randrange(1, 40)]
        else:
            changed[at : at + 4] = struct.pack("<L", rng.choice((0, 1, 2**31 - 1, 2**32 - 1)))
    return bytes(changed) or b"\0"


@pytest.mark.slow
def test_a_changed_archive_opens_or_is_refused_soon(tmp_path: Path, home: Path) -> None:
    (tmp_path / "good").mkdir()
    given = originals(tmp_path / "good")
    rng = random.Random(0)
    outcomes = {"kept": 0, "refused": 0}
    for number in range(300):
        name, content = rng.choice([*given.items()])
        path = tmp_path / f"changed{Path(name).suffix}"
        path.write_bytes(mutated(content, rng))
        begin = time.process_time()
        try:
            kept(path, home, leave_out=bool(number % 2))
            outcomes["kept"] += 1
        except BuilderError:
            outcomes["refused"] += 1
        assert time.process_time() - begin < 1
    assert min(outcomes.values()) > 20
