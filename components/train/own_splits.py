"""Asks for the roles of folders that divide a person's images."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from builder.datasets.own_images.folder_paths import listed
from builder.datasets.own_images.roles import ROLES, Role, Roles
from builder.datasets.own_images.splits import MAX_PARTS, OTHERS, SplitFolder, SplitFolders
from builder.datasets.own_images.survey import Survey
from builder.system.level import Level
from components.design.labels import literal
from components.shell import format as fmt
from components.shell import notice

_ROLES: Mapping[Role, str] = {
    "train": "to learn from",
    "validation": "to validate with",
    "test": "for a last test",
    "leave_out": "not used",
}
_PARTS, _CLASSES = "They divide the images", "They are the classes"
_NOTHING, _INNER = "They divide nothing", "The folders in them are the classes"
_POOLED: Roles = {OTHERS: "train"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person says.

    Attributes:
        roles: What each folder is for; empty where the folders are the classes.
        is_new: Whether the images have to be looked at again with it.
        is_settled: Whether the images can be added as they were looked at.
    """

    roles: Roles = field(default_factory=dict[str, Role])
    is_new: bool = False
    is_settled: bool = True


def draw(found: Survey) -> Answer:
    """Draws the choice where there are folders that divide the images, or may do so."""
    splits = found.splits
    if splits is None:
        return Answer()
    names = listed(folder.name for folder in splits.folders)
    where = "Inside of each class the folders" if splits.inside else "The folders"
    if not splits.is_certain:
        notice(
            Level.WARNING,
            f"{where} {names} may divide the images, but it is not clear what each is for.",
            "Say it, then look again.",
        )
    with st.container(key="cs-own-splits"):
        options = _options(splits)
        meaning = _meaning(splits)
        chosen = st.radio(
            literal(f"{where} {names}"),
            options,
            index=None if meaning is None else options.index(meaning),
            key="cs-own-split-kind",
            horizontal=True,
        )
        roles = _draw_roles(splits) if chosen == _PARTS else {}
    known = chosen is not None and None not in roles.values()
    told: Roles = {name: role for name, role in roles.items() if role is not None}
    same = chosen == meaning and told == (splits.roles if chosen == _PARTS else {})
    if chosen == _INNER or (splits.inside and chosen == _CLASSES):
        told = _POOLED
    useful = not told or splits.beside or "train" in told.values()
    return Answer(told, is_new=known and useful and not same, is_settled=known and same)


def _options(splits: SplitFolders) -> list[str]:
    """What the folders may be; of many there are no boxes for what each is for."""
    if splits.inside:
        return [_PARTS, _NOTHING, _CLASSES]
    if splits.beside:
        return [_PARTS, _CLASSES]
    return [*([_PARTS] if len(splits.folders) <= MAX_PARTS else []), _CLASSES, _INNER]


def _meaning(splits: SplitFolders) -> str | None:
    """What the folders were taken for; None where that is not certain."""
    if not splits.is_certain:
        return None
    if splits.is_pooled and not splits.inside and not splits.beside:
        return _INNER
    if splits.roles and _PARTS in _options(splits):
        return _PARTS
    return _NOTHING if splits.inside else _CLASSES


def _place(folder: SplitFolder) -> int:
    """Training first, what is not used last."""
    return len(ROLES) if folder.role is None else ROLES.index(folder.role)


def _draw_roles(splits: SplitFolders) -> dict[str, Role | None]:
    """Draws what each folder is for, side by side."""
    roles: dict[str, Role | None] = {}
    options = list(_ROLES)
    with st.container(key="cs-own-roles", horizontal=True):
        for folder in sorted(splits.folders, key=_place):
            roles[folder.name] = st.selectbox(
                literal(folder.name) + f", {fmt.plural(folder.num_files, 'file')}",
                options,
                index=None if folder.role is None else options.index(folder.role),
                format_func=lambda role: _ROLES[role],
                key=f"cs-own-role-{folder.name}",
                placeholder="what for?",
                width=190,
            )
    return roles
