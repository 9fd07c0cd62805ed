"""Pictures that a person gives to a model: what is done to them, and which are refused."""

import io
import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from builder.analysis import given_pictures
from builder.analysis.given_pictures import MAX_FILES, conversion, read_pictures, target_for
from builder.datasets.own_images.target import Target
from builder.datasets.own_images.value_range import PREPARED_BEFORE, Kind, ValueRange
from builder.system.errors import BuilderError
from builder.system.helper_process import Ended, EndedBy
from tests.datasets.given import picture

GRAY = Target(8, 8, 1)
COLOR = Target(8, 8, 3)


def png_of_size(width: int, height: int) -> bytes:
    """A header that promises as many pixels, and next to nothing behind it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        end = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + end

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1_000))
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def picture_of(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def animation(kind: str) -> bytes:
    file = io.BytesIO()
    frames = [Image.new("L", (9, 9), value) for value in (0, 255)]
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    return file.getvalue()


@pytest.mark.parametrize(
    ("known", "target", "words"),
    [
        ((8, 8, True), GRAY, "8×8 gray, size kept"),
        ((16, 16, True), GRAY, "16×16 gray, resized to 8×8"),
        ((480, 640, True), GRAY, "480×640 gray, stretched to 8×8"),
        (
            (480, 640, True),
            replace(GRAY, fit="crop"),
            "480×640 gray, its middle cut out and brought to 8×8",
        ),
        (
            (480, 640, True),
            replace(GRAY, fit="pad"),
            "480×640 gray, brought with black margins to 8×8",
        ),
        (
            (8, 8, False),
            GRAY,
            "8×8 color, size kept, made gray (0.299 R + 0.587 G + 0.114 B)",
        ),
        ((8, 8, True), COLOR, "8×8 gray, size kept, the gray value in all three channels"),
    ],
)
def test_what_is_done_is_said(known: tuple[int, int, bool], target: Target, words: str) -> None:
    assert conversion(*known, target) == words


def test_a_network_of_other_channels_takes_no_pictures() -> None:
    assert target_for((8, 8, 3), "pad") == Target(8, 8, 3, "pad")
    with pytest.raises(BuilderError, match="takes 8×8×2; pictures have 1 channel"):
        target_for((8, 8, 2))
    with pytest.raises(BuilderError, match="expected 1 to 1024 pixels"):
        target_for((2_000, 8, 1))


@pytest.mark.slow
def test_good_pictures_are_taken_and_bad_ones_told() -> None:
    red = picture((200, 30, 30), (16, 12))
    noise = picture_of(np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8))
    deep = picture_of(np.full((8, 8), 65_535, np.uint16))
    files = [
        ("red.png", red),
        ("text.png", b"no picture"),
        ("bomb.png", png_of_size(60_000, 60_000)),
        ("large.png", png_of_size(9_000, 8_000)),
        ("cut.png", noise[: len(noise) // 2]),
        ("moving.gif", animation("GIF")),
        ("moving.webp", animation("WEBP")),
        ("clear.png", picture((9, 9, 9, 0), (8, 8), mode="RGBA")),
        ("deep.png", deep),
        ("heavy.png", bytes(20_000_001)),
    ]
    pictures, refused = read_pictures(files, GRAY)
    by_name = {one.name: one for one in pictures}
    assert list(by_name) == ["red.png", "clear.png", "deep.png"]
    assert {one.image.shape for one in pictures} == {(8, 8, 1)}
    assert by_name["red.png"].about.startswith("12×16 color, stretched to 8×8, made gray")
    assert set(by_name["red.png"].image.ravel()) == {round(0.299 * 200 + (0.587 + 0.114) * 30)}
    assert "laid on white where it is transparent" in by_name["clear.png"].about
    assert set(by_name["clear.png"].image.ravel()) == {255}
    assert by_name["deep.png"].about == (
        "8×8 gray, values 0 to 65,535 (16 bit) become 0 to 255, size kept"
    )
    told = {one.name: one.message for one in refused}
    assert told == {
        "text.png": "received no picture: it is not a PNG, JPEG, BMP, GIF, TIFF or WebP",
        "bomb.png": "received more than 64,000,000 pixels",
        "large.png": "received 8,000×9,000, more than 64,000,000 pixels",
        "cut.png": "it is damaged or cut off, expected a whole picture",
        "moving.gif": "received an animation or several pages, expected one picture",
        "moving.webp": "received an animation or several pages, expected one picture",
        "heavy.png": "received 20 MB, expected 20 MB at most",
    }
    assert all(one.fix for one in refused)


def test_too_many_are_distinguished_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Ended(EndedBy.MEMORY, -9, b"", "")
    monkeypatch.setattr(given_pictures, "run_module", lambda *_, **__: ended)
    pictures, refused = read_pictures([(f"{n}.png", b"x") for n in range(MAX_FILES + 2)], GRAY)
    assert pictures == []
    assert len(refused) == MAX_FILES + 2
    assert refused[0].message == "it, or one beside it, needed too much memory to decode"
    assert refused[-1].message == f"one too many: expected {MAX_FILES} at most"


def test_nothing_is_started_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given_pictures, "run_module", None)
    assert read_pictures([], GRAY) == ([], [])


TWELVE = (ValueRange(Kind.INTEGER, 0, 4_095),)
BYTES = (ValueRange(Kind.BYTE, 0, 255),)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ranges", "value", "expected", "words"),
    [
        (TWELVE, 1_000, 62, "values 0 to 4,095 (12 bit) become 0 to 255, size kept"),
        (TWELVE, 60_000, 255, "become 0 to 255, values beyond are cut off, size kept"),
        (PREPARED_BEFORE, 1_000, 4, "values 0 to 65,535 (16 bit) become 0 to 255, size kept"),
        (BYTES, 1_000, 249, "values 0 to 1,023 (10 bit) become 0 to 255, size kept"),
        ((), 1_000, 249, "values 0 to 1,023 (10 bit) become 0 to 255, size kept"),
        (
            (ValueRange(Kind.FLOAT, -1, 1),),
            1_000,
            249,
            "unlike the data, of which the values -1 to 1 become 0 to 255, size kept",
        ),
    ],
)
def test_values_become_what_they_became_in_the_data(
    ranges: tuple[ValueRange, ...], value: int, expected: int, words: str
) -> None:
    deep = picture_of(np.full((8, 8), value, np.uint16))
    (found,), refused = read_pictures([("deep.png", deep)], replace(GRAY, ranges=ranges))
    assert refused == []
    assert set(found.image.ravel()) == {expected}
    assert found.about.endswith(words)


@pytest.mark.slow
def test_a_picture_of_8_bits_beside_deep_data_is_reported_to_be_another_kind() -> None:
    given = [("plain.png", picture(7, (8, 8), mode="L"))]
    (found,), _ = read_pictures(given, replace(GRAY, ranges=TWELVE))
    assert set(found.image.ravel()) == {7}
    assert "unlike the data, of which the values 0 to 4,095 (12 bit) become 0 to 255" in found.about


@pytest.mark.slow
def test_a_tiff_of_floats_is_taken_unless_some_are_no_numbers() -> None:
    values = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    good, bad = io.BytesIO(), io.BytesIO()
    Image.fromarray(values).save(good, "TIFF")
    values[0, 0] = np.nan
    Image.fromarray(values).save(bad, "TIFF")
    given = [("good.tif", good.getvalue()), ("bad.tif", bad.getvalue())]
    (found,), (refused,) = read_pictures(given, GRAY)
    assert (found.image.min(), found.image.max()) == (0, 255)
    assert refused.message.startswith("it has values that are no numbers")
