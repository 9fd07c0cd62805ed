"""Versions of files, on a made-up format; `tests/files/test_formats.py` holds the real ones."""

import pytest

from builder.system.errors import FormatError
from builder.system.formats import Content, Format, NewerVersionError, declare


def names_apart(values: Content) -> Content:
    return {"names": values["names"].split(",")}


def with_count(values: Content) -> Content:
    return values | {"count": len(values["names"])}


NAMES = Format("list of names", version=3, migrations=(names_apart, with_count), marker="names")
NOW = {"names": ["a", "b"], "count": 2}


@pytest.mark.parametrize(
    "content",
    [
        {"format": "names", "names": "a,b"},
        {"format": "names", "version": 1, "names": "a,b"},
        {"format": "names", "version": 2, "names": ["a", "b"]},
        {"format": "names", "version": 3, **NOW},
    ],
    ids=["none", "1", "2", "3"],
)
def test_every_version_is_brought_forward(content: Content) -> None:
    before = dict(content)
    assert NAMES.current(content) == NOW
    assert content == before


def test_what_is_written_begins_with_format_and_version() -> None:
    content = NAMES.stamp(NOW)
    assert list(content.items())[:2] == [("format", "names"), ("version", 3)]
    assert NAMES.is_marked(content)
    assert not NAMES.is_marked(NOW)
    assert NAMES.current(content) == NOW


def test_a_format_that_its_place_tells_has_no_marker() -> None:
    plain = Format("table")
    assert plain.stamp({"rows": []}) == {"version": 1, "rows": []}
    assert plain.current({"format": "of the rows"}) == {"format": "of the rows"}


def test_a_newer_version_is_refused_with_what_to_do() -> None:
    with pytest.raises(NewerVersionError) as refused:
        NAMES.current({"version": 4})
    assert str(refused.value) == (
        "list of names: received version 4, expected 1 to 3; "
        "update Convstack, or open it with the version that wrote it"
    )
    with pytest.raises(NewerVersionError, match="table: received version a int, expected 1;"):
        Format("table").current({"version": 10**5000})


@pytest.mark.parametrize("version", [0, -1, True, 1.0, "1", None, [1]], ids=repr)
def test_what_is_no_version_is_damage(version: object) -> None:
    with pytest.raises(FormatError, match="expected 1 to 3") as refused:
        NAMES.current({"version": version})
    assert not isinstance(refused.value, NewerVersionError)


@pytest.mark.parametrize("names", [None, 3, ["a"], {}], ids=repr)
def test_content_that_no_migration_takes_is_damage(names: object) -> None:
    with pytest.raises(FormatError, match="expected what version 1 of it holds"):
        NAMES.current({"names": names})
    with pytest.raises(FormatError, match="expected what version 2 of it holds"):
        NAMES.current({"version": 2})


def test_each_version_needs_its_migration() -> None:
    with pytest.raises(ValueError, match="received 1 migrations, expected 2 for version 3"):
        Format("list", version=3, migrations=(names_apart,))
    with pytest.raises(ValueError, match="received 1 migrations, expected 0 for version 1"):
        Format("list", migrations=(names_apart,))


def test_two_formats_cannot_have_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builder.system.formats._declared", {})
    declare(NAMES)
    with pytest.raises(ValueError, match="two formats are named 'list of names'"):
        declare(Format("list of names"))
