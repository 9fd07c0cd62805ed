"""One range of values for all images of a set, from their format and their values."""

import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from builder.datasets.own_images import shelf
from builder.datasets.own_images.opening import open_source
from builder.datasets.own_images.pictures import decode, header, read
from builder.datasets.own_images.raw import to_bytes
from builder.datasets.own_images.reasons import NotAnImageError
from builder.datasets.own_images.samples import read_sample
from builder.datasets.own_images.survey import Survey, survey
from builder.datasets.own_images.target import Target
from builder.datasets.own_images.value_range import (
    Extent,
    Kind,
    ValueRange,
    changed,
    choices,
    decide,
    doubts,
)
from builder.system.errors import BuilderError
from tests.datasets.given import kept, picture, two_classes, write_folder, write_npz, write_zip

RNG = np.random.default_rng(0)
LABELS = [0, 1, 0, 1]


def saved(values: Any, kind: str = "PNG", **options: Any) -> bytes:
    """An image of these values, which Pillow writes as they are."""
    file = io.BytesIO()
    Image.fromarray(values).save(file, kind, **options)
    return file.getvalue()


def deep_png(values: Any) -> bytes:
    """A PNG of 16 bits with 1 to 4 channels, which Pillow cannot write."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        end = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + end

    height, width, channels = values.shape
    color = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    head = struct.pack(">IIBBBBB", width, height, 16, color, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def deep_tiff(values: Any, order: str, photometric: int = 2, bits: int = 16) -> bytes:
    """An uncompressed TIFF of unsigned values, of one or three channels, in either order."""
    height, width, channels = values.shape
    pixels = values.astype(f"{order}u{bits // 8}").tobytes()
    bits_at = 8 + len(pixels)
    tags = [
        (256, 3, 1, width),
        (257, 3, 1, height),
        (258, 3, channels, bits_at if channels > 1 else bits),
        (259, 3, 1, 1),
        (262, 3, 1, photometric),
        (273, 4, 1, 8),
        (277, 3, 1, channels),
        (278, 3, 1, height),
        (279, 4, 1, len(pixels)),
    ]
    entries = b"".join(
        struct.pack(f"{order}HHI", tag, kind, count)
        + struct.pack(f"{order}{'HH' if kind == 3 and count == 1 else 'I'}",
                      *((value, 0) if kind == 3 and count == 1 else (value,)))
        for tag, kind, count, value in tags
    )  # fmt: skip
    table = struct.pack(f"{order}H", len(tags)) + entries + struct.pack(f"{order}I", 0)
    start = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}HI", 42, bits_at + 8)
    return start + pixels + struct.pack(f"{order}4H", 16, 16, 16, 0) + table


def means(home: Path, path: Path, **options: Any) -> list[float]:
    """The mean of each class's stored values."""
    own = kept(path, home, Target(4, 4, 1), **options).dataset
    folder = home / "datasets" / own.id
    images, labels = np.load(folder / "images.npy"), np.load(folder / "labels.npy")
    return [float(images[labels == number].mean()) for number in range(len(own.classes))]


def gray_bytes(value: int, side: int) -> bytes:
    return saved(np.full((side, side), value, np.uint8))


def gray(value: int) -> bytes:
    return saved(np.full((4, 4), value, np.uint16))


def looked_at(path: Path, folder: Path) -> Survey:
    with open_source(path) as source:
        return survey(source, folder)


@pytest.mark.parametrize("pack", [write_zip, write_folder])
def test_classes_that_differ_in_brightness_keep_their_order(
    tmp_path: Path, home: Path, pack: Any
) -> None:
    """They became 149, 12 and 233, each image by its own maximum."""
    members = {
        f"{name}/{number}.png": gray(value + number)
        for name, value in (("a", 150), ("b", 3_000), ("c", 60_000))
        for number in range(2)
    }
    path = pack(tmp_path / ("set.zip" if pack is write_zip else "set"), members)
    assert means(home, path) == [1, 12, 233]
    assert looked_at(path, tmp_path).ranges == (ValueRange(Kind.INTEGER, 0, 65_535),)


@pytest.mark.parametrize(
    ("highest", "expected"),
    [(1, 1), (255, 255), (256, 1_023), (4_095, 4_095), (4_096, 16_383), (60_000, 65_535)],
)
def test_values_of_16_bits_are_scaled_by_the_bit_depth_of_all(
    tmp_path: Path, highest: int, expected: int
) -> None:
    members = {f"{name}/{n}.png": gray(0) for name in "ab" for n in range(2)}
    members["b/2.png"] = gray(highest)
    found = looked_at(write_zip(tmp_path / "set.zip", members), tmp_path)
    assert found.ranges == (ValueRange(Kind.INTEGER, 0, expected),)


def test_12_bits_end_in_all_256_values(tmp_path: Path, home: Path) -> None:
    ramp = np.arange(4_096, dtype=np.uint16).reshape(64, 64)
    levels = [
        saved(ramp),
        saved(ramp, "TIFF"),
        saved(ramp, "TIFF", compression="tiff_lzw"),
        deep_png(ramp[..., None]),
        deep_png(np.stack([ramp] * 3, axis=2)),
        deep_png(np.stack([ramp, ramp * 0 + 65_535], axis=2)),
        deep_png(np.stack([*[ramp] * 3, ramp * 0 + 65_535], axis=2)),
        deep_tiff(np.stack([ramp] * 3, axis=2), "<"),
        deep_tiff(np.stack([ramp] * 3, axis=2), ">"),
    ]
    expected = np.rint(np.arange(4_096) * 255 / 4_095).astype(np.uint8).reshape(64, 64)
    for content in levels:
        image = np.asarray(decode(content).convert("L"))
        assert np.array_equal(image, expected), len(content)
    members = {f"{name}/{n}.png": content for name in "ab" for n, content in enumerate(levels)}
    own = kept(write_zip(tmp_path / "set.zip", members), home, Target(64, 64, 1)).dataset
    images = np.load(home / "datasets" / own.id / "images.npy")[..., 0]
    assert (images == expected).all()
    assert own.value_ranges == (ValueRange(Kind.INTEGER, 0, 4_095),)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_colors_of_16_bits_are_read_whole(channels: int) -> None:
    values = RNG.integers(0, 65_536, (5, 7, channels), dtype=np.uint16)
    raw = read(deep_png(values))
    colors = values[..., :3] if channels > 2 else values[..., 0]
    assert raw.kind is Kind.INTEGER
    assert np.array_equal(raw.values, colors)
    if channels in (2, 4):
        assert raw.alpha is not None
        assert np.array_equal(raw.alpha, values[..., -1] >> 8)
    assert header(deep_png(values)).is_gray == (channels < 3)


@pytest.mark.parametrize(
    ("image", "kind", "gray"),
    [
        (Image.new("1", (4, 4), 1), Kind.BYTE, True),
        (Image.new("P", (4, 4), 1), Kind.BYTE, False),
        (Image.new("L", (4, 4), 200), Kind.BYTE, True),
        (Image.new("LA", (4, 4), (200, 100)), Kind.BYTE, True),
        (Image.new("CMYK", (4, 4), (9, 9, 9, 9)), Kind.BYTE, False),
        (Image.new("I;16", (4, 4), 200), Kind.INTEGER, True),
        (Image.new("I", (4, 4), -200), Kind.INTEGER, True),
        (Image.new("F", (4, 4), 0.5), Kind.FLOAT, True),
    ],
)
def test_every_mode_has_its_kind(image: Image.Image, kind: Kind, gray: bool) -> None:
    file = io.BytesIO()
    image.save(file, "TIFF")
    found = header(file.getvalue())
    assert (found.extent.kind, found.is_gray) == (kind, gray)
    assert decode(file.getvalue()).mode == ("L" if gray else "RGB")


INTEGERS = {
    (0, 0): (0, 1),
    (0, 1): (0, 1),
    (0, 200): (0, 255),
    (0, 4_095): (0, 4_095),
    (7, 5_000): (0, 16_383),
    (-1, 1): (-1, 1),
    (-128, 100): (-128, 127),
    (-1_024, 3_071): (-1_024, 3_071),
    (5, 70_000): (5, 70_000),
}
FLOATS = {
    (0, 1): (0, 1),
    (0, 1.0000001): (0, 1),
    (-0.02, 1.03): (0, 1),
    (0.2, 0.9): (0, 1),
    (-1, 1): (-1, 1),
    (-1.01, 0.99): (-1, 1),
    (-0.5, 0.5): (-0.5, 0.5),
    (0, 255): (0, 255),
    (-4, 261): (0, 255),
    (0, 16): (0, 16),
    (-2.1, 2.6): (-2.1, 2.6),
    (0, 4_095): (0, 4_095),
    (300, 300): (0, 300),
    (-7, -7): (-7, 0),
}


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [(Kind.INTEGER, *row) for row in INTEGERS.items()]
    + [(Kind.FLOAT, *row) for row in FLOATS.items()],
)
def test_a_range_is_chosen_by_the_values(
    kind: Kind, values: tuple[float, float], expected: tuple[float, float]
) -> None:
    assert decide([Extent(kind, 4, *values, is_measured=True)]) == (ValueRange(kind, *expected),)


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        (lambda v: v / 255, None),
        (lambda v: v / 255 * 1.0000001, None),
        (lambda v: (v / 255).astype(np.float16), None),
        (lambda v: v / 127.5 - 1, None),
        (lambda v: v.astype(np.float32), None),
        (lambda v: v.astype(">u2") * 257, None),
        (lambda v: v.astype(np.int64) - 128, None),
        (lambda v: v.astype(np.int32) * 1_000, None),
        (lambda v: v > 100, lambda v: np.where(v > 100, 255, 0)),
        (lambda v: (v > 100).astype(np.int64), lambda v: np.where(v > 100, 255, 0)),
    ],
)
def test_arrays_of_every_type_become_the_same_images(
    tmp_path: Path, home: Path, images: Any, expected: Any
) -> None:
    values = np.arange(256, dtype=np.uint8).reshape(4, 8, 8)
    path = write_npz(tmp_path / "set.npz", images=images(values), labels=LABELS)
    own = kept(path, home, Target(8, 8, 1)).dataset
    stored = np.load(home / "datasets" / own.id / "images.npy")[..., 0]
    assert np.array_equal(stored, expected(values) if expected else values)


def test_one_range_holds_for_training_and_test(tmp_path: Path, home: Path) -> None:
    path = write_npz(
        tmp_path / "set.npz", x_train=np.array([0, 4_095] * 32).reshape(4, 4, 4), y_train=LABELS,
        x_test=np.full((2, 4, 4), 200), y_test=[0, 1],
    )  # fmt: skip
    own = kept(path, home, Target(4, 4, 1)).dataset
    test = np.load(home / "datasets" / own.id / "test_images.npy")
    assert set(test.ravel()) == {12}
    note, copies = looked_at(path, tmp_path).notes
    assert "repeat another" in copies
    assert note == (
        "The parts differ in their values, and share one range: training images 0 to 4,095, "
        "test images 200 to 200."
    )


def test_images_of_8_and_16_bits_in_one_set_are_reported(tmp_path: Path) -> None:
    members = two_classes() | {"red/deep.png": gray(4_000)}
    found = looked_at(write_zip(tmp_path / "set.zip", members), tmp_path)
    assert found.ranges == (ValueRange(Kind.BYTE, 0, 255), ValueRange(Kind.INTEGER, 0, 4_095))
    assert found.notes == (
        "The images are of different kinds: 8-bit images (6), images of more than 8 bits (1). Each "
        "kind has a range of its own.",
    )
    (red,) = [file for file in found.samples if file.file.endswith(".npz")]
    shown = read_sample(tmp_path / red.file, Target(4, 4, 1, ranges=found.ranges))
    assert set(shown.ravel()) == {249}


def test_classes_that_differ_by_their_kind_are_reported(tmp_path: Path) -> None:
    members = two_classes() | {f"deep/{number}.png": gray(4_000) for number in range(2)}
    notes = looked_at(write_zip(tmp_path / "set.zip", members), tmp_path).notes
    assert notes[1].endswith(
        "as classes have one kind only: blue 8-bit images, deep images of more than 8 bits, "
        "red 8-bit images."
    )


def test_a_chosen_range_is_used_shown_and_kept(tmp_path: Path, home: Path) -> None:
    members = {
        f"{name}/{n}.png": gray(value) for n in range(2) for name, value in (("a", 100), ("b", 300))
    }
    path = write_zip(tmp_path / "set.zip", members)
    found = looked_at(path, tmp_path)
    ranges = changed(found.ranges, 100, 200)
    target = Target(4, 4, 1, ranges=ranges)
    shown = [read_sample(tmp_path / sample.file, target) for sample in found.samples]
    assert [int(image.mean()) for image in shown] == [0, 255, 0, 255]
    assert doubts(found.extents, ranges) == [
        "The values go from 100 to 300; what is beyond 100 to 200 is cut off."
    ]
    own = kept(path, home, target).dataset
    assert set(np.load(home / "datasets" / own.id / "images.npy").ravel()) == {0, 255}
    note, copies = own.notes
    assert note == "The values 100 to 200 become 0 to 255."
    assert "repeat another" in copies
    assert shelf.find(home, own.id).value_ranges == ranges


def test_a_set_that_was_prepared_before_opens_without_a_range(tmp_path: Path, home: Path) -> None:
    own = kept(write_zip(tmp_path / "set.zip", two_classes()), home).dataset
    path = home / "datasets" / own.id / shelf.DESCRIPTION
    values = json.loads(path.read_text())
    del values["value_ranges"]
    path.write_text(json.dumps(values))
    assert shelf.find(home, own.id).value_ranges == ()


def test_values_that_are_no_numbers_are_counted_and_left_out(tmp_path: Path, home: Path) -> None:
    images = RNG.random((6, 4, 4))
    images[0, 0, :2] = np.nan, np.inf
    path = write_npz(tmp_path / "set.npz", images=images, labels=[0, 1] * 3)
    found = looked_at(path, tmp_path)
    assert str(found.bad) == (
        "images[0] (with 2 of 16 values that are no numbers (NaN or infinite))"
    )
    with pytest.raises(BuilderError, match=r"1 of 6 files is no image: images\[0\]"):
        kept(path, home)
    assert kept(path, home, leave_out=True).dataset.class_counts == (2, 3)
    tiff = images[0].astype(np.float32)
    with pytest.raises(Exception, match="2 of 16 values"):
        read(saved(tiff, "TIFF"))


@pytest.mark.parametrize("high", [1, 15, 60])
def test_dark_images_of_8_bits_are_measured_and_doubted(tmp_path: Path, high: int) -> None:
    members = {
        f"{'cat' if n % 2 else 'dog'}/{n}.png": gray_bytes(n % (high + 1), 2)
        for n in range(high + 1)
    }
    members |= {"cat/last.png": gray_bytes(high, 2), "dog/last.png": gray_bytes(0, 2)}
    found = looked_at(write_zip(tmp_path / "dark.zip", members), tmp_path)
    (extent,) = found.extents
    assert (extent.low, extent.high, extent.is_measured) == (0, high, True)
    assert found.ranges == (ValueRange(Kind.BYTE, 0, 255),)
    assert f"The values 0 to {high} fill little of 0 to 255" in doubts([extent], found.ranges)[0]
    assert (0, high) in {(one.low, one.high) for one in choices(extent)}
    bright = members | {"dog/bright.png": gray_bytes(200, 2)}
    (extent,) = looked_at(write_zip(tmp_path / "set.zip", bright), tmp_path).extents
    assert not extent.is_measured
    assert doubts([extent], found.ranges) == []


def test_dark_images_are_doubted(tmp_path: Path) -> None:
    masks = RNG.integers(0, 2, (4, 4, 4), dtype=np.uint8)
    found = looked_at(write_npz(tmp_path / "set.npz", images=masks, labels=LABELS), tmp_path)
    assert found.ranges == (ValueRange(Kind.BYTE, 0, 255),)
    (doubt,) = doubts(found.extents, found.ranges)
    assert "0 to 1 fill little of 0 to 255 (8 bit)" in doubt
    assert ValueRange(Kind.BYTE, 0, 1) in choices(found.extents[0])


@pytest.mark.parametrize(
    ("low", "high"), [(1, 1), (2, 1), (0, np.inf), (np.nan, 1), (-1e308, 1e308)]
)
def test_what_is_no_range_is_refused(low: float, high: float) -> None:
    with pytest.raises(BuilderError, match="expected a low value and a higher one"):
        ValueRange(Kind.FLOAT, low, high)


@given(
    st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6)),
    st.lists(st.floats(-2e6, 2e6), min_size=1, max_size=20),
)
def test_scaling_is_linear_rounded_and_within_the_range(
    span: tuple[float, float], values: list[float]
) -> None:
    low, high = span[0], span[0] + span[1]
    found = to_bytes(np.array(values), ValueRange(Kind.FLOAT, low, high)).astype(int)
    for value, result in zip(values, found, strict=True):
        exact = (min(max(value, low), high) - low) / (high - low) * 255
        assert abs(result - exact) <= 0.5 + 1e-6


@given(st.tuples(st.floats(allow_nan=False, width=32), st.floats(allow_nan=False, width=32)))
def test_all_values_but_overshoots_lie_in_the_range_that_is_chosen(
    pair: tuple[float, float],
) -> None:
    low, high = min(pair), max(pair)
    if not np.isfinite(high - low):
        return
    (found,) = decide([Extent(Kind.FLOAT, 2, low, high, is_measured=True)])
    spare = 0.05 * (found.high - found.low)
    assert found.low - spare <= low
    assert high <= found.high + spare


def test_a_picture_with_a_transparent_value_is_laid_on_white() -> None:
    content = saved(np.array([[7, 4_095]], np.uint16), transparency=7)
    assert np.asarray(decode(content)).tolist() == [[255, 255]]
    assert header(picture(0, mode="LA")).is_transparent


def test_a_tiff_of_32_bits_is_read_without_a_sign() -> None:
    large = np.array([[[0], [3_000_000_000]]])
    assert read(deep_tiff(large, "<", 1, 32)).values.tolist() == [[0, 3_000_000_000]]
    with pytest.raises(NotAnImageError, match="of a kind that is not decoded"):
        read(deep_tiff(large, ">", 1, 32))  # Pillow has no such mode


def test_a_tiff_with_white_as_zero_is_turned_round() -> None:
    upside_down = np.array([[[0], [60_000]]])
    assert read(deep_tiff(upside_down, "<", 0)).values.tolist() == [[65_535, 5_535]]


@pytest.mark.parametrize("orientation", [3, 6])
def test_deep_pictures_are_turned_upright(orientation: int) -> None:
    values = RNG.integers(0, 65_536, (2, 3), dtype=np.uint16)
    exif = Image.Exif()
    exif[0x0112] = orientation
    raw = read(saved(values, "TIFF", exif=exif))
    assert np.array_equal(raw.values, np.rot90(values, {3: 2, 6: -1}[orientation]))
