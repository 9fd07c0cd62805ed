"""The roles of the folders or arrays of a split, as far as their names tell."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, get_args

Role = Literal["train", "validation", "test", "leave_out"]
"""The role of a folder of a split."""
ROLES: tuple[Role, ...] = get_args(Role)
Roles = Mapping[str, Role]
"""The role of each folder by its name; empty where the folders are the classes."""

WORDS: Mapping[Role, Collection[str]] = {
    "train": ("train", "training", "trn", "trainval"),
    "validation": (
        *("val", "valid", "validation", "validate"),
        *("dev", "devel", "development", "eval", "evaluation", "evaluate"),
    ),
    "test": ("test", "testing", "tst", "holdout"),
}
_EVALUATION = frozenset({"eval", "evaluation", "evaluate"})
"""Stands for the test set where another folder is for validation, and none is for a test."""
_TAIL = "(?:s|set|data|dataset|images|imgs|split|files)?"


def role_by_name(name: str) -> Role | None:
    """What a folder's name says that it is for; None where it says nothing, or two things."""
    found = _roles_in(name)
    if found == {"train", "validation"}:  # as `trainval`, for training and validation
        return "train"
    return next(iter(found)) if len(found) == 1 else None


def is_whole(roles: Mapping[str, Role | None]) -> bool:
    """Whether every name tells a role, and they make a split."""
    found = set(roles.values())
    return None not in found and "train" in found and len(found) > 1


def roles_by_name(names: Iterable[str]) -> dict[str, Role | None]:
    """What folders beside each other are for, by their names, in their order."""
    roles: dict[str, Role | None] = {name: role_by_name(name) for name in sorted(names)}
    late = {name for name in roles if not _EVALUATION.isdisjoint(_tokens(name))}
    others = {role for name, role in roles.items() if name not in late}
    if "validation" in others and "test" not in others:
        roles.update((name, "test") for name in late)
    return roles


def are_parts(names: Collection[str]) -> bool:
    """Whether the names are those of a whole split, so that they are hardly classes."""
    return is_whole(roles_by_name(names))


def _tokens(name: str) -> list[str]:
    """The words of a name: `TrainingSet-2` has `training` and `set`."""
    return [word.lower() for word in re.findall(r"[A-Z]*[a-z]+|[A-Z]+", name)]


def _roles_in(name: str) -> set[Role]:
    return {
        role
        for token in _tokens(name)
        for role, words in WORDS.items()
        if re.fullmatch(f"(?:{'|'.join(words)}){_TAIL}", token)
    }
