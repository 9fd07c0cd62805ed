"""A split that was given is told by the structure of the folders, and kept as it is."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.datasets.own_images import shelf
from builder.datasets.own_images.layout import Layout, lay_out
from builder.datasets.own_images.opening import open_source
from builder.datasets.own_images.roles import role_by_name
from builder.datasets.own_images.survey import survey
from builder.datasets.own_images.target import Target
from builder.system.errors import FormatError, ParameterError
from tests.datasets.given import kept, picture, write_folder, write_npz, write_zip


def files(*patterns: str) -> list[str]:
    """`{a,b}/{1,2}.png` is four files."""
    found: list[str] = []
    for pattern in patterns:
        pieces = re.split(r"\{(.*?)\}", pattern)
        choices = [p.split(",") if n % 2 else [p] for n, p in enumerate(pieces)]
        found += ["".join(chosen) for chosen in itertools.product(*choices)]
    return found


def sizes(found: Layout) -> tuple[int, int, int]:
    return len(found.train), len(found.validation), len(found.test)


@pytest.mark.parametrize(
    ("tops", "expected"),
    [
        ("{training_set,test_set}", (4, 0, 4)),
        ("{train,eval}", (4, 4, 0)),
        ("{train,dev}", (4, 4, 0)),
        ("{train,validate}", (4, 4, 0)),
        ("{Training,Testing}", (4, 0, 4)),
        ("{train,val,test}", (4, 4, 4)),
        ("{train,dev,eval}", (4, 4, 4)),
        ("{TrainImages,TestImages}", (4, 0, 4)),
        ("{01-train,02-valid,03-test}", (4, 4, 4)),
        ("{flowers_trainval,flowers_holdout}", (4, 0, 4)),
    ],
)
@pytest.mark.parametrize("below", ["", "data/", "archive/data/"])
@pytest.mark.parametrize("more", [[], ["readme.txt"], ["docs/paper.pdf"]])
def test_a_split_is_recognized_by_its_structure_and_used(
    tops: str, expected: tuple[int, int, int], below: str, more: list[str]
) -> None:
    found = lay_out([*more, *files(f"{below}{tops}/{{cat,dog}}/{{1,2}}.png")])
    assert found.classes == ("cat", "dog")
    assert sizes(found) == expected
    assert found.outside == tuple(more)
    assert found.splits is not None
    assert found.splits.is_certain
    assert "The split into folders is kept" in found.notes[0]


@pytest.mark.parametrize("again", ["", "{}/"])
def test_pictures_without_classes_are_reported_and_left_out(again: str) -> None:
    intel = [
        path
        for top in ("seg_train", "seg_test")
        for path in files(f"{top}/{again.format(top)}{{sea,street}}/{{1,2,3}}.jpg")
    ]
    alone = files(f"seg_pred/{again.format('seg_pred')}{{1,2}}.jpg")
    found = lay_out(intel + alone)
    assert found.classes == ("sea", "street")
    assert sizes(found) == (6, 0, 6)
    assert found.outside == tuple(alone)
    assert "seg_pred" in found.notes[1]


def test_a_split_inside_of_each_class() -> None:
    found = lay_out(files("set/{cat,dog}/{train,test}/{1,2}.png", "set/bird/train/1.png"))
    assert found.classes == ("bird", "cat", "dog")
    assert sizes(found) == (5, 0, 4)
    assert {placed.label for placed in found.test} == {1, 2}


@pytest.mark.parametrize(
    ("patterns", "classes"),
    [
        (["{train,bus,car}/{1,2}.png"], ("bus", "car", "train")),
        (["{train,test,car}/{1,2}.png"], ("car", "test", "train")),
        (["{valid,invalid}/{1,2}.png"], ("invalid", "valid")),
        (["train/{ice,night}/1.png", "bus/{city,tour}/1.png"], ("bus", "train")),
        (["cat/{a,b}/1.png", "dog/{c,d}/1.png"], ("cat", "dog")),
        (["{cat,dog}/images/{1,2}.png"], ("cat", "dog")),
    ],
)
def test_classes_that_are_called_like_parts_stay_classes(
    patterns: list[str], classes: tuple[str, ...]
) -> None:
    found = lay_out(files(*patterns))
    assert found.classes == classes
    assert found.splits is None or (found.splits.is_certain and not found.splits.roles)
    assert sizes(found) == (len(files(*patterns)), 0, 0)


def test_a_test_set_beside_the_classes() -> None:
    found = lay_out(files("set/{cat,dog}/{1,2}.png", "set/test/{cat,dog}/{1,2}.png"))
    assert found.classes == ("cat", "dog")
    assert sizes(found) == (4, 0, 4)
    assert "the other folders to learn from, test for a last test" in found.notes[0]
    both = files("{train,bus,car}/{1,2}.png", "{val,test}/{train,bus,car}/1.png", "readme.txt")
    found = lay_out(both)
    assert found.classes == ("bus", "car", "train")
    assert sizes(found) == (6, 3, 3)
    assert found.outside == ("readme.txt",)
    asked = files("{cat,dog}/{1,2}.png", "more/{cat,dog}/{1,2}.png")
    found = lay_out(asked)
    assert found.splits is not None
    assert not found.splits.is_certain
    assert sizes(lay_out(asked, {"more": "train"})) == (8, 0, 0)
    assert lay_out(asked, {"more": "train"}).classes == ("cat", "dog")
    assert sizes(lay_out(asked, {"more": "test"})) == (4, 0, 4)
    assert sizes(lay_out(asked, {"more": "leave_out"})) == (4, 0, 0)
    assert lay_out(asked, {}).classes == ("cat", "dog", "more")


@pytest.mark.parametrize("alone", ["test/unknown/{1,2}.png", "test/images/{1,2}.png"])
def test_one_folder_that_is_no_class_holds_pictures_without_one(alone: str) -> None:
    found = lay_out(files("train/{cat,dog}/{1,2}.png", alone))
    assert sizes(found) == (4, 0, 0)
    assert len(found.outside) == 2
    assert found.notes[-1].endswith(": test.")


def test_a_split_of_classes_that_are_called_so() -> None:
    for pattern in ("{train,test}/{bus,car,train}/1.png", "{bus,car,train}/{train,test}/1.png"):
        found = lay_out(files(pattern))
        assert found.classes == ("bus", "car", "train")
        assert sizes(found) == (3, 0, 3)


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (["{2020,2021}/{cat,dog}/{1,2}.png"], ["2020", "2021"]),
        (["{train,b}/{cat,dog}/{1,2}.png"], ["b", "train"]),
        (["train/{cat,dog}/1.png", "unlabeled/1.png"], ["train", "unlabeled"]),
        (["{cat,dog}/{train,rest}/1.png"], ["rest", "train"]),
    ],
)
def test_what_is_not_certain_is_asked(patterns: list[str], names: list[str]) -> None:
    found = lay_out(files(*patterns))
    assert found.splits is not None
    assert not found.splits.is_certain
    assert [folder.name for folder in found.splits.folders] == names


def test_many_classes_with_the_same_folders_are_reported_and_can_be_divided() -> None:
    tops = ",".join(f"{number}" for number in range(30))
    paths = files(f"{{{tops}}}/{{left,right}}/1.png")
    found = lay_out(paths)
    assert len(found.classes) == 30
    assert sizes(found) == (60, 0, 0)
    assert found.notes == ("The folders inside of the classes are not told apart: left, right.",)
    assert sizes(lay_out(paths, {"left": "train", "right": "test"})) == (30, 0, 30)
    folds = files("fold{0,1,2,3,4,5,6,7,8,9}/{cat,dog}/1.png")
    splits = lay_out(folds).splits
    assert splits is not None
    assert not splits.is_certain
    roles: dict[str, Any] = {f"fold{number}": "train" for number in range(8)}
    roles |= {"fold8": "validation", "fold9": "test"}
    answered = lay_out(folds, roles)
    assert answered.classes == ("cat", "dog")
    assert sizes(answered) == (16, 2, 2)


def test_a_split_is_found_beside_folders_of_files_only() -> None:
    found = lay_out(files("New Set/New Set/{train,valid}/{apple,fig}/{1,2}.png", "test/test/1.png"))
    assert found.classes == ("apple", "fig")
    assert sizes(found) == (4, 4, 0)
    assert found.outside == ("test/test/1.png",)
    kept = lay_out(files("fruit/{train,valid}/{apple,fig}/{1,2}.png", "nuts/{oak,elm}/1.png"))
    assert kept.classes == ("fruit", "nuts"), "a split of one class only is none"


def test_folders_inside_of_the_classes_are_reported_and_can_be_the_classes() -> None:
    paths = files("pets/{cat,dog}/{1,2}.png", "wild/{fox,owl}/{1,2}.png")
    found = lay_out(paths)
    assert found.classes == ("pets", "wild")
    assert found.notes == (
        "The folders inside of the classes are not told apart: cat, dog, fox, owl.",
    )
    assert found.splits is not None
    assert found.splits.is_certain
    for roles in ({"pets": "train", "wild": "train"}, {"*": "train"}):
        inner = lay_out(paths, roles)  # pyright: ignore[reportArgumentType]  as from outside
        assert inner.classes == ("cat", "dog", "fox", "owl")
        assert sizes(inner) == (8, 0, 0)
        assert inner.notes[0].startswith("The images of pets, wild are put together, and a share")
    patients = files(f"{{{','.join(map(str, range(30)))}}}/{{0,1}}/1.png")
    answered = lay_out(patients, {"*": "train", "29": "test"})
    assert answered.classes == ("0", "1")
    assert sizes(answered) == (58, 0, 2)
    assert lay_out(files("a/1.png", "b/images/1.png")).notes == ()


def test_an_answer_is_followed() -> None:
    paths = files("{2020,2021,2022}/{cat,dog}/{1,2}.png")
    found = lay_out(paths, {"2020": "train", "2021": "validation", "2022": "leave_out"})
    assert found.classes == ("cat", "dog")
    assert sizes(found) == (4, 4, 0)
    assert len(found.outside) == 4
    inside = lay_out(paths, {"cat": "train", "dog": "test"})
    assert inside.classes == ("2020", "2021", "2022")
    assert sizes(inside) == (6, 0, 6)
    classes = lay_out(files("{train,test}/{cat,dog}/{1,2}.png"), {})
    assert classes.classes == ("test", "train")
    assert sizes(classes) == (8, 0, 0)
    assert classes.splits is not None
    assert classes.splits.is_certain
    for roles in ({"2019": "train"}, {"2020": "test", "2021": "validation"}):
        with pytest.raises(ParameterError, match="split folders"):
            lay_out(paths, roles)  # pyright: ignore[reportArgumentType]  as from outside


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("validation", "validation"),
        ("trainval", "train"),
        ("train_val", "train"),
        ("test-train", None),
        ("restrain", None),
        ("contest", None),
        ("evaluate", "validation"),
    ],
)
def test_names_tell_roles_by_whole_words(name: str, role: str | None) -> None:
    assert role_by_name(name) == role


@pytest.mark.parametrize(
    "patterns",
    [
        ["{images,masks}/{1,2}.png"],
        ["{image,annotations}/{1,2}.png"],
        ["{train,val}/{images,labels}/{1,2}.png"],
        ["{images,masks}/{train,val}/{1,2}.png"],
        ["{Images,Ground_Truth}/{1,2}.png"],
        ["images/{train,val}/{1,2}.jpg", "labels/{train,val}/{1,2}.txt"],
        ["{train,valid}/images/{1,2}.jpg", "{train,valid}/labels/{1,2}.txt"],
        ["JPEGImages/{1,2}.jpg", "Annotations/{1,2}.xml"],
        ["images/{1,2}.jpg", "images/{1,2}.json"],
    ],
)
def test_files_of_another_task_are_refused_with_the_reason(patterns: list[str]) -> None:
    with pytest.raises(FormatError, match=r"as for (segmentation or )?detection"):
        lay_out(files(*patterns))


@pytest.mark.parametrize(
    "patterns",
    [
        ["{cat,dog}/{1,2}.png", "{cat,dog}/{1,2}.txt"],
        ["{cat,dog}/{1,2}.png", "labels/{1,2}.json"],
        ["images/{cat,dog}/{1,2}.png", "labels.csv"],
        ["{mask,no_mask}/{1,2}.png"],
    ],
)
def test_classes_with_notes_beside_them_are_classes(patterns: list[str]) -> None:
    assert len(lay_out(files(*patterns)).classes) == 2


def colors(pattern: str) -> dict[str, bytes]:
    return {path: picture((n, 0, 0)) for n, path in enumerate(files(pattern))}


@pytest.mark.parametrize("pack", [write_zip, write_folder])
def test_the_validation_set_is_stored_behind_the_others(
    tmp_path: Path, home: Path, pack: Any
) -> None:
    members = colors("{train,dev}/{cat,dog}/{1,2}.png")
    path = pack(tmp_path / ("set.zip" if pack is write_zip else "set"), members)
    with open_source(path) as source:
        found = survey(source, tmp_path)
    assert (found.counts, found.validation_counts, found.num_images) == ((2, 2), (2, 2), 8)
    own = kept(path, home, Target(8, 12, 3)).dataset
    assert (own.class_counts, own.validation_class_counts) == ((4, 4), (2, 2))
    folder = home / "datasets" / own.id
    assert np.load(folder / "images.npy")[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert np.load(folder / "labels.npy").tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    other = {path.replace("dev", "test"): content for path, content in members.items()}
    assert kept(pack(tmp_path / f"other{path.suffix}", other), home).dataset.id != own.id


@pytest.mark.parametrize(
    "names", ["x_{}/y_{}", "{}_images/{}_labels", "X_{}/Y_{}", "images_{}/labels_{}"]
)
@pytest.mark.parametrize("word", ["val", "valid", "validation", "dev"])
def test_the_validation_arrays_of_an_npz_are_kept(
    tmp_path: Path, home: Path, names: str, word: str
) -> None:
    images = np.arange(10 * 4 * 4, dtype=np.uint8).reshape(10, 4, 4)
    labels = np.arange(10) % 2
    parts = {"train": slice(0, 6), word: slice(6, 10), "test": slice(0, 2)}
    arrays = {
        name.format(part): values[chosen]
        for part, chosen in parts.items()
        for name, values in zip(names.split("/"), (images, labels), strict=True)
    }
    own = kept(write_npz(tmp_path / "set.npz", **arrays), home, Target(4, 4, 1)).dataset
    assert own.class_counts == (5, 5)
    assert own.validation_class_counts == (2, 2)
    assert own.test_class_counts == (1, 1)
    assert np.array_equal(np.load(home / "datasets" / own.id / "images.npy")[..., 0], images)


def test_the_same_images_split_in_another_way_are_another_data_set(
    tmp_path: Path, home: Path
) -> None:
    images, labels = np.zeros((8, 4, 4), np.uint8), np.arange(8) % 2
    ids = {
        kept(
            write_npz(
                tmp_path / "set.npz",
                x_train=images[:at], y_train=labels[:at], x_val=images[at:], y_val=labels[at:],
            ),
            home,
        ).dataset.id
        for at in (2, 4, 6)
    }  # fmt: skip
    ids.add(kept(write_npz(tmp_path / "set.npz", x=images, y=labels), home).dataset.id)
    assert len(ids) == 4


def test_nothing_is_stored_before_it_is_said(tmp_path: Path, home: Path) -> None:
    path = write_folder(tmp_path / "set", colors("{2020,2021}/{cat,dog}/{1,2}.png"))
    with pytest.raises(FormatError, match="not clear what each is for: '2020', '2021'"):
        kept(path, home)


def test_data_sets_of_the_first_version_are_opened(tmp_path: Path, home: Path) -> None:
    own = kept(write_zip(tmp_path / "a.zip", colors("{cat,dog}/{1,2}.png")), home).dataset
    path = home / "datasets" / own.id / shelf.DESCRIPTION
    values = json.loads(path.read_text())
    del values["validation_class_counts"]
    path.write_text(json.dumps(values | {"version": 1}))
    assert shelf.find(home, own.id) == own
    path.write_text(json.dumps(values | {"version": shelf.DESCRIPTION_FORMAT.version + 1}))
    with pytest.raises(shelf.OwnDataError, match="expected 1 to 2; update Convstack"):
        shelf.find(home, own.id)
    for wrong in ([3, 0], [1], [1, 1, 1]):
        path.write_text(json.dumps(values | {"version": 2, "validation_class_counts": wrong}))
        with pytest.raises(shelf.OwnDataError, match="does not fit"):
            shelf.find(home, own.id)
