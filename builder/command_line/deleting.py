"""The commands that delete: delete, restore, trash."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.table import Table

from builder.actions import upkeep
from builder.actions.trash import (
    FOLDERS,
    Deleted,
    Kind,
    Removed,
    contents,
    kept_days,
    older_than,
    remove,
)
from builder.actions.trash import delete as move_to_trash
from builder.actions.trash import restore as bring_back
from builder.command_line.number_options import number
from builder.command_line.shared import ERRORS, WRONG_USAGE, err, fail, out
from builder.datasets.names import OWN
from builder.datasets.own_images import shelf
from builder.documents.document_store import DocumentStore
from builder.runs.run_folder import list_runs
from builder.studies import study_folder
from builder.system.errors import ParameterError
from builder.system.home import home
from builder.system.removal import disk_bytes, in_words

Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="An id or a title, or a part of an id that no other has."),
]
KindOption = Annotated[
    Kind | None, typer.Option("--kind", help="What it is, where several have that name.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
_LISTED = 5


@dataclass(frozen=True, slots=True)
class _There:
    """Something that is not deleted."""

    kind: Kind
    id: str
    name: str
    path: Path


_Item = TypeVar("_Item", _There, Deleted)


def delete(
    name: Name,
    kind: KindOption = None,
    for_good: Annotated[
        bool, typer.Option("--for-good", help="Not into the trash: what it takes is free at once.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Moves a run, a study, a document or your images to the trash; --for-good frees space."""
    upkeep.prepare(home())
    found = _one(name, [one for one in _all() if kind in (None, one.kind)], "there is nothing")
    what = f"{found.kind} {found.id} ({in_words(disk_bytes(found.path))})"
    if for_good:
        _confirm(f"Delete {what} for good? It cannot be brought back.", yes=yes)
    move_to_trash(home(), found.kind, found.id)
    if for_good:
        _report(
            remove(home(), [one for one in contents(home(), [found.kind]) if one.id == found.id])
        )
        return
    err.print(f"Moved {what} to the trash; to bring it back: python -m builder restore {found.id}")


def restore(name: Name, kind: KindOption = None) -> None:
    """Restores something from the trash."""
    deleted = [item for item in contents(home()) if kind in (None, item.kind)]
    found = _one(name, deleted, "in the trash there is nothing")
    bring_back(home(), found.kind, found.id)
    err.print(f"Brought back {found.kind} {found.id}.")


def trash(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
    empty: Annotated[
        bool, typer.Option("--empty", help="Remove what would be listed for good.")
    ] = False,
    days: Annotated[
        float | None,
        typer.Option(
            "--older-than",
            help="Only what was deleted so many days ago.",
            parser=number(0),
            metavar="NUMBER",
        ),
    ] = None,
    kind: Annotated[Kind | None, typer.Option("--kind", help="Only these.")] = None,
    yes: Yes = False,
) -> None:
    """Lists what was deleted, with its size, or removes it for good.

    After CONVSTACK_TRASH_DAYS days (30, or never) it is removed automatically.
    """
    told = upkeep.prepare(home())
    if told:
        err.print(f"note: {told}")
    items = contents(home(), [kind] if kind else tuple(FOLDERS))
    items = items if days is None else older_than(items, days)
    if as_json and not empty:
        rows = [asdict(item) | {"path": str(item.path)} for item in items]
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    elif not items:
        err.print("There is nothing like that in the trash." if kind or days else "It is empty.")
    elif empty:
        whole = in_words(sum(item.num_bytes for item in items))
        _confirm(f"Remove {len(items)} from the trash for good ({whole})?", yes=yes)
        _report(remove(home(), items))
    else:
        _print(items)


def _all() -> list[_There]:
    """What can be deleted."""
    data = home()
    store = DocumentStore(data)
    return [
        *(_There("run", run.id, run.name, run.folder) for run in list_runs(data)),
        *(
            _There("study", folder.name, study_folder.title_of(folder), folder)
            for folder in study_folder.folders(data)
        ),
        *(
            _There("document", entry.id, entry.name, store.folder / f"{entry.id}.json")
            for entry in store.entries()
        ),
        *(
            _There("images", own.id, own.title, shelf.datasets_folder(data) / own.id)
            for own in shelf.own_datasets(data)
        ),
    ]


def _one(name: str, items: Sequence[_Item], none: str) -> _Item:
    """Finds a thing by its id, its title, or a part of its id; otherwise ends the program."""
    for matching in (
        [item for item in items if name in _ids(item)],
        [item for item in items if item.name == name],
        [item for item in items if name and any(name in known for known in _ids(item))],
    ):
        if len(matching) == 1:
            return matching[0]
        if matching:
            those = ", ".join(f"{item.kind} {item.id}" for item in matching[:_LISTED])
            fail(f"{len(matching)} are called {name!r} ({those}); give an id", WRONG_USAGE)
    fail(f"{none} called {name!r}", WRONG_USAGE)


def _ids(item: _There | Deleted) -> tuple[str, ...]:
    """The unambiguous names of a thing; images also by the id that `data` lists."""
    return (item.id, f"{OWN}{item.id}") if item.kind == "images" else (item.id,)


def _confirm(question: str, *, yes: bool) -> None:
    """Asks before something is removed for good, or ends the program."""
    if yes:
        return
    if not sys.stdin.isatty():
        fail(f"{question} There is no one to ask here: add --yes to do so", WRONG_USAGE)
    if not typer.confirm(question, err=True):
        fail("nothing has changed", ERRORS)


def _report(removed: Removed) -> None:
    err.print(f"Removed {removed.count} for good; {in_words(removed.num_bytes)} are free.")
    for item, why in removed.kept:
        err.print(f"kept: {item.kind} {item.id}: {why}")
    if removed.kept:
        raise typer.Exit(ERRORS)


def _print(items: Sequence[Deleted]) -> None:
    days = _days()
    table = Table()
    for column in ("kind", "id", "name", "size", "deleted", "goes"):
        table.add_column(column, justify="right" if column == "size" else "left")
    for item in items:
        goes = "never" if days is None else _date(item.deleted + 86_400 * days)
        size = in_words(item.num_bytes)
        table.add_row(item.kind, item.id, item.name, size, _date(item.deleted), goes)
    out.print(table)
    whole = in_words(sum(item.num_bytes for item in items))
    err.print(f"{whole} in all; to remove it for good: python -m builder trash --empty")


def _days() -> float | None:
    try:
        return kept_days()
    except ParameterError as error:
        err.print(f"warning: {error}")
        return None


def _date(seconds: float) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):  # the clock was set wrongly
        return "?"
