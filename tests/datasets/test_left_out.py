"""Whatever is not taken is counted and told by its reason; nothing vanishes."""

import io
import os
import stat
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from builder.datasets.own_images import tree
from builder.datasets.own_images.opening import open_source
from builder.datasets.own_images.reasons import WORDS, Listing, Reason, Skipped, listing
from builder.datasets.own_images.survey import Survey, survey
from builder.system.errors import BuilderError, FormatError
from tests.datasets.given import (
    kept,
    picture,
    two_classes,
    write_folder,
    write_npz,
    write_zip,
    zipped,
)

NOISE = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)


def looked_at(path: Path, folder: Path) -> Survey:
    with open_source(path) as source:
        return survey(source, folder)


def told(listed: Listing) -> dict[Reason, tuple[int, tuple[str, ...]]]:
    return {group.reason: (group.count, group.first) for group in listed.groups}


def frames(kind: str) -> bytes:
    file = io.BytesIO()
    images = [Image.new("L", (9, 9), value) for value in (0, 255)]
    images[0].save(file, kind, save_all=True, append_images=images[1:])
    return file.getvalue()


def cut_off() -> bytes:
    file = io.BytesIO()
    Image.fromarray(NOISE).save(file, "JPEG")
    return file.getvalue()[:900]


@pytest.mark.parametrize("prefix", ["./", "top/", "./top/", "outer/top/", "top\\", "top//", ".//"])
def test_images_are_found_below_any_folders_around_them(tmp_path: Path, prefix: str) -> None:
    members = {f"{prefix}{name}": content for name, content in two_classes().items()}
    found = looked_at(write_zip(tmp_path / "set.zip", members), tmp_path)
    assert (found.classes, found.counts) == (("blue", "red"), (3, 3))
    assert (found.bad.count, found.outside.count) == (0, 0)


def test_a_folder_entry_of_the_archive_itself_is_none(tmp_path: Path) -> None:
    members = {"./": b"", "./red/": b"", **{f"./{k}": v for k, v in two_classes().items()}}
    found = looked_at(write_zip(tmp_path / "set.zip", members), tmp_path)
    assert found.outside.count == 0


def named_in(encoding: str) -> type[zipfile.ZipInfo]:
    """Members whose names are in an encoding that the archive does not tell."""

    class Member(zipfile.ZipInfo):
        def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  zipfile's name
            return self.filename.encode(encoding), self.flag_bits

    return Member


@pytest.mark.parametrize(
    ("encoding", "classes", "told"),
    [("utf-8", ("кошка", "猫"), False), ("cp866", ("кошка", "дым"), True)],
)
def test_names_without_a_note_of_their_letters(
    tmp_path: Path, encoding: str, classes: tuple[str, ...], told: bool
) -> None:
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as opened:
        for number in range(6):
            name = f"{classes[number % 2]}/{number}.png"
            opened.writestr(named_in(encoding)(name), picture((number, 0, 0)))
    found = looked_at(path, tmp_path)
    assert sum(found.counts) == 6
    assert any("does not say how the letters" in note for note in found.notes) is told
    assert (found.classes == classes) is not told


def test_members_of_one_path_are_reported(tmp_path: Path) -> None:
    same = {"red\\0.png": picture(), "./red/0.png": picture(), "red//1.png": picture()}
    found = looked_at(write_zip(tmp_path / "set.zip", two_classes() | same), tmp_path)
    assert found.counts == (3, 3)
    assert told(found.outside)[Reason.SAME_PATH] == (3, tuple(same))


OTHERS = {
    "red/.hidden.png": Reason.SYSTEM,
    "red/.DS_Store": Reason.SYSTEM,
    "__MACOSX/red/._0.png": Reason.SYSTEM,
    "Thumbs.db": Reason.SYSTEM,
    "readme.txt": Reason.NO_CLASS,
}


@pytest.mark.parametrize("pack", [write_zip, write_folder])
def test_everything_is_counted_by_its_reason(tmp_path: Path, home: Path, pack: Any) -> None:
    bad = {
        "red/empty.png": (b"", Reason.EMPTY),
        "red/text.PNG": (b"no picture", Reason.NO_IMAGE),
        "red/photo.heic": (b"\0\0\0\x18ftypheic" + bytes(40), Reason.NO_IMAGE),
        "blue/vector.svg": (b"<svg/>", Reason.NO_IMAGE),
        "blue/huge.png": (huge(), Reason.TOO_LARGE),
    }
    good = two_classes() | {
        "red/UPPER.JPG": picture(kind="JPEG"),
        "blue/deeper/x.tif": picture(kind="TIFF"),
        "blue/no_ending": picture(kind="BMP"),
        "blue/wrong.jpg": picture(kind="WEBP"),
    }
    members = good | dict.fromkeys(OTHERS, b"x") | {name: given for name, (given, _) in bad.items()}
    path = pack(tmp_path / ("set.zip" if pack is write_zip else "set"), members)
    found = looked_at(path, tmp_path)
    assert found.counts == (6, 4)
    reasons = told(found.bad)
    for name, (_, reason) in bad.items():
        assert name in " ".join(reasons[reason][1])
    assert found.bad.count == len(bad)
    others = told(found.outside)
    assert {name: reason for reason, (_, names) in others.items() for name in names} == OTHERS
    assert found.num_images + found.bad.count + found.outside.count == len(members)
    with pytest.raises(FormatError, match="5 of 15 files are no images"):
        kept(path, home)
    stored = kept(path, home, leave_out=True)
    assert stored.left_out == found.bad
    assert f"5 files were left out: {found.bad}." in stored.dataset.notes


def huge() -> bytes:
    """The header of a picture with far too many pixels."""
    content = bytearray(picture())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    content[29:33] = __import__("zlib").crc32(bytes(content[12:29])).to_bytes(4, "big")
    return bytes(content)


def test_damage_that_only_decoding_shows_is_reported_when_it_is_stored(
    tmp_path: Path, home: Path
) -> None:
    path = write_zip(tmp_path / "set.zip", two_classes() | {"red/cut.jpg": cut_off()})
    assert looked_at(path, tmp_path).bad.count == 0
    with pytest.raises(FormatError, match=r"red/cut\.jpg \(damaged or cut off\)"):
        kept(path, home)
    stored = kept(path, home, leave_out=True)
    assert told(stored.left_out) == {Reason.DAMAGED: (1, ("red/cut.jpg",))}


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_frames_and_pages_behind_the_first_are_reported(tmp_path: Path, kind: str) -> None:
    members = two_classes() | {"red/several": frames(kind), "red/one": picture(9, kind=kind)}
    found = looked_at(write_zip(tmp_path / "set.zip", members), tmp_path)
    assert found.notes == (
        "Animations and pages, of which the first is used: 1 image, red/several.",
    )


def test_transparent_images_are_reported(tmp_path: Path) -> None:
    members = two_classes() | {"red/clear.png": picture((1, 2, 3, 4), mode="RGBA")}
    found = looked_at(write_zip(tmp_path / "set.zip", members), tmp_path)
    assert found.notes == ("Transparent in places, laid on white: 1 image, red/clear.png.",)


def test_empty_folders_are_reported(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", two_classes())
    (folder / "green" / "deeper").mkdir(parents=True)
    write_folder(folder, {"gray/.DS_Store": b"x"})
    members = {**two_classes(), "green/": b"", "green/deeper/": b"", "gray/.DS_Store": b"x"}
    archive = write_zip(tmp_path / "set.zip", members)
    for path in (folder, archive):
        found = told(looked_at(path, tmp_path).outside)
        assert found[Reason.EMPTY_FOLDER] == (2, ("gray", "green"))


def linked(tmp_path: Path) -> Path:
    """A pool of images, and a set whose classes are links to it."""
    pool = write_folder(tmp_path / "pool", two_classes())
    folder = tmp_path / "set"
    (folder / "red").mkdir(parents=True)
    for file in (pool / "red").iterdir():
        (folder / "red" / file.name).symlink_to(file)
    (folder / "blue").symlink_to(os.path.relpath(pool / "blue", folder))
    return folder


def test_a_class_of_links_is_taken_as_the_files_are(tmp_path: Path, home: Path) -> None:
    folder = linked(tmp_path)
    found = looked_at(folder, tmp_path)
    assert (found.classes, found.counts) == (("blue", "red"), (3, 3))
    assert (found.bad.count, found.outside.count) == (0, 0)
    assert kept(folder, home).dataset.id == kept(tmp_path / "pool", home).dataset.id


def test_links_that_lead_nowhere_or_in_a_circle_are_reported(tmp_path: Path) -> None:
    folder = linked(tmp_path)
    (folder / "red" / "gone.png").symlink_to(tmp_path / "gone.png")
    (folder / "red" / "itself.png").symlink_to("itself.png")
    (folder / "red" / "null.png").symlink_to("/dev/null")
    (folder / "red" / "up").symlink_to(folder)
    (folder / "green").symlink_to(tmp_path)
    (tmp_path / "pool" / "blue" / "back").symlink_to(folder / "blue")
    os.mkfifo(folder / "red" / "pipe.png")
    found = looked_at(folder, tmp_path)
    assert found.counts == (3, 3)
    assert told(found.bad) == {
        Reason.BROKEN_LINK: (2, ("red/gone.png", "red/itself.png")),
        Reason.UNREADABLE: (2, ("red/null.png", "red/pipe.png")),
    }
    assert told(found.outside) == {Reason.LOOP: (3, ("green", "blue/back", "red/up"))}


def test_folders_that_links_multiply_have_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "MAX_FOLDERS", 500)
    folders = [tmp_path / "set" / str(number) for number in range(8)]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "1.png").write_bytes(picture())
    for folder in folders:
        for other in folders:
            (folder / f"to-{other.name}").symlink_to(other)
    with pytest.raises(FormatError, match="holds more than"):
        tree.walk(tmp_path / "set")


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "a link, 'red/l0.png'"), (3, "3 links, such as")]
)
def test_links_of_an_archive_are_refused_and_counted(
    tmp_path: Path, count: int, expected: str
) -> None:
    path = tmp_path / "set.zip"
    path.write_bytes(zipped(two_classes()))
    with zipfile.ZipFile(path, "a") as opened:
        for number in range(count):
            info = zipfile.ZipInfo(f"red/l{number}.png")
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            opened.writestr(info, "/etc/passwd")
    with pytest.raises(FormatError, match=expected), open_source(path):
        pass


def test_what_an_npz_holds_besides_is_reported(tmp_path: Path) -> None:
    images, labels = np.zeros((4, 3, 3), np.uint8), [0, 1, 0, 1]
    objects = np.array(["a", None], dtype=object)
    path = write_npz(tmp_path / "set.npz", images=images, labels=labels, x_val=images, o=objects)
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr("notes.txt", "x")
    found = looked_at(path, tmp_path)
    assert told(found.outside) == {Reason.UNUSED: (3, ("x_val", "o", "notes.txt"))}


def test_every_reason_has_words_and_a_listing_tells_details_apart() -> None:
    assert WORDS.keys() == {*Reason}
    found = listing(
        [
            Skipped("a", Reason.EMPTY),
            Skipped("b", Reason.TOO_LARGE, "9×9, more than 4 pixels"),
            Skipped("c", Reason.TOO_LARGE, "8×8, more than 4 pixels"),
            *(Skipped(str(number), Reason.LOOP) for number in range(7)),
        ]
    )
    assert found.count == 10
    assert str(found) == (
        "0, 1, 2, 3, 4 and 2 more (a link to a folder that it lies in); "
        "b (9×9, more than 4 pixels), c (8×8, more than 4 pixels) (too large); a (an empty file)"
    )


def test_a_class_without_a_usable_file_is_refused_with_the_reasons(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "set.zip", two_classes() | {"green/1.png": b"", "green/2.png": b""})
    with pytest.raises(
        BuilderError, match=r"too few images of 'green'.*green/1\.png, green/2\.png \(an empty"
    ):
        looked_at(path, tmp_path)
