"""Recognizes folders that divide images into training, validation and test images.

    seg_train/seg_train/{forest,sea}/…      These two hold the same folders, which are the classes;
    seg_test/seg_test/{forest,sea}/…        what each is for is told by its name.
    seg_pred/seg_pred/1.jpg                 Images without classes: left out, and said.

    cat/{train,test}/…  dog/{train,test}/…  The classes come first: the split lies inside each.
    cat/…  dog/…  test/{cat,dog}/…          A test set beside the classes to learn from.
    train/1.jpg  bus/1.jpg  car/1.jpg       Images right inside: three classes, no split.
    2020/{cat,dog}/…  2021/{cat,dog}/…      A split by its structure, but it is unclear which is for
                                            what, or whether these are two classes: ask.
    pets/{cat,dog}/…  wild/{fox,owl}/…      Two classes, unless a person says that the folders in
                                            them are the classes; then both are parts to learn from.

A name alone never makes a split, and a structure alone never says which part is for what.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from builder.datasets.own_images.data_codes import DataCode
from builder.datasets.own_images.folder_paths import Parts, folders_in, listed, without, wrapper
from builder.datasets.own_images.roles import Role, Roles, is_whole, roles_by_name
from builder.system.errors import FormatError, ParameterError, shown

OTHERS = "*"
"""Stands for all folders without their own role."""

MAX_PARTS = 20
"""Of a split that names do not tell: more folders with the same folders in them are classes."""
ALIKE = 0.5
"""Share of a folder's sub-folders that another has too, from which on both may be one split's."""


@dataclass(frozen=True, slots=True)
class SplitFolder:
    """A folder of a split.

    Attributes:
        name: Of the folder.
        role: Its role; None where that is not known.
        num_files: The number of its files, of all classes.
    """

    name: str
    role: Role | None
    num_files: int


@dataclass(frozen=True, slots=True)
class SplitFolders:
    """Folders that divide the images, or may do so.

    Attributes:
        folders: In the order of their names.
        inside: Whether they lie in each class's folder; else the classes lie in each of them.
        is_certain: Whether nothing has to be asked. Where all roles are None as well, the folders
            divide nothing: a person has said so, or there are too many for parts.
        beside: Whether the folders beside them are the classes to learn from.
    """

    folders: tuple[SplitFolder, ...]
    inside: bool = False
    is_certain: bool = True
    beside: bool = False

    @property
    def roles(self) -> Roles:
        """The role of each folder, as far as it is known."""
        return {folder.name: folder.role for folder in self.folders if folder.role is not None}

    @property
    def is_pooled(self) -> bool:
        """Whether all folders are to learn from: the folders in them are the classes, no more."""
        return {folder.role for folder in self.folders} == {"train"}

    def answered(self, roles: Roles) -> "SplitFolders":
        """These, after a person has said what they are for."""
        folders = (replace(folder, role=roles.get(folder.name)) for folder in self.folders)
        return SplitFolders(tuple(folders), self.inside, beside=self.beside)


def recognize(paths: Sequence[Parts]) -> SplitFolders | None:
    """Looks for folders that divide the images.

    Args:
        paths: Of the files that may be images, without the folders that all of them lie in.

    Returns:
        The folders; None where there are none.
    """
    tops = _below(paths)
    if len(tops) < 2:
        return None
    nested = {top: found for top in tops if (found := folders_in(tops[top]))}
    outer = roles_by_name(tops)
    inner = roles_by_name({name for found in nested.values() for name in found})
    if _divides(outer, nested):
        return SplitFolders(_folders(tops, _only_alike(outer, nested)), is_certain=True)
    parts = {top: rests for top, rests in tops.items() if top in nested}
    if _are_beside(parts, nested, tops):
        told = all(outer[top] in ("validation", "test") for top in parts)
        return SplitFolders(_folders(parts, outer), is_certain=told, beside=True)
    if len(nested) == len(tops) and is_whole(inner):
        return SplitFolders(_folders(_second(tops), inner), inside=True)
    return _unsure(tops, nested, outer, inner)


def chosen(paths: Sequence[Parts], roles: Roles) -> SplitFolders | None:
    """The folders of a split as a person has named them.

    Args:
        paths: As `recognize` takes them.
        roles: What each folder is for, that of `OTHERS` holds for those without one; empty where
            the folders are the classes.

    Raises:
        ParameterError: There are no such folders, or nothing would be left to learn from.
    """
    if not roles:
        found = recognize(paths)
        return found.answered({}) if found is not None else None
    tops = _below(paths)
    rest = roles.get(OTHERS)
    roles = {name: role for name, role in roles.items() if name != OTHERS}
    inside = not roles.keys() <= tops.keys()
    below = _second(tops) if inside else tops
    missing = [name for name in roles if name not in below]
    if missing:
        raise ParameterError(
            f"split folders: there is no folder {shown(missing[0])}, expected some of "
            f"{listed(tops)}"
        )
    if rest is not None:
        roles = {name: roles.get(name, rest) for name in below}
    nested = {top: folders_in(rests) for top, rests in tops.items()}
    beside = not inside and _are_beside(roles, nested, tops)
    if "train" not in roles.values() and not beside:
        raise ParameterError("split folders: no folder is for training, expected one or more")
    told: dict[str, Role | None] = {name: roles.get(name, "leave_out") for name in below}
    if beside:
        below = {name: below[name] for name in roles}
    return SplitFolders(_folders(below, told), inside, beside=beside)


def around_split(paths: Sequence[Parts]) -> Parts:
    """The folders that a whole split lies in, where the folders beside them hold files only.

    `plants/{train,valid}/{apple,fig}/1.jpg` and `test/1.jpg`: in `plants`.
    """
    tops = _below(paths)
    nested = [top for top, rests in tops.items() if folders_in(rests)]
    if len(nested) != 1 or len(tops) < 2:
        return ()
    found = recognize(tops[nested[0]])
    if found is None or not found.is_certain or not found.roles:
        return ()
    inside = [parts[1:] for parts in paths if parts[0] == nested[0] and len(parts) > 1]
    return (nested[0], *wrapper(inside, nested[0]))


def check_certain(splits: SplitFolders) -> None:
    """Refuses to guess.

    Raises:
        FormatError: It has to be said what the folders are for.
    """
    if splits.is_certain:
        return
    inside = DataCode.UNCLEAR_FOLDERS_IN_CLASSES
    code = inside if splits.inside else DataCode.UNCLEAR_FOLDERS
    raise FormatError(code, folders=tuple(folder.name for folder in splits.folders))


def _below(paths: Iterable[Parts]) -> dict[str, list[Parts]]:
    """The paths in each top folder, in the order of the names."""
    tops: dict[str, list[Parts]] = {}
    for parts in paths:
        if len(parts) > 1:
            tops.setdefault(parts[0], []).append(parts[1:])
    found: dict[str, list[Parts]] = {}
    for top in sorted(tops):
        outer = wrapper(tops[top], top)
        found[top] = [without(rest, outer) for rest in tops[top]]
    return found


def _second(tops: Mapping[str, Sequence[Parts]]) -> dict[str, list[Parts]]:
    """The paths in each folder of the second level, of all top folders together."""
    inner: dict[str, list[Parts]] = {}
    for rests in tops.values():
        for rest in rests:
            if len(rest) > 1:
                inner.setdefault(rest[0], []).append(rest[1:])
    return dict(sorted(inner.items()))


def _divides(outer: Mapping[str, Role | None], nested: Mapping[str, set[str]]) -> bool:
    """Whether the names of the top folders and what lies in them tell a split for certain."""
    named = {top for top, role in outer.items() if role is not None}
    if not any(outer[top] == "train" for top in named & nested.keys()):
        return False
    if len({outer[top] for top in named}) < 2:
        return False
    biggest = max((nested[top] for top in named & nested.keys()), key=len)
    return all(top in named or not _alike(found, biggest) for top, found in nested.items())


def _only_alike(
    outer: Mapping[str, Role | None], nested: Mapping[str, set[str]]
) -> dict[str, Role | None]:
    """Leaves out folders without classes in them, and those whose names say nothing."""
    biggest = max((nested[top] for top in nested if outer[top] is not None), key=len)
    found: dict[str, Role | None] = {}
    for top, role in outer.items():
        inside = nested.get(top, set())
        # One folder that is no class is none of several classes: `test/unknown/1.jpg`.
        is_used = len(inside) > 1 or inside <= biggest or len(biggest) == 1
        found[top] = role if role is not None and inside and is_used else "leave_out"
    return found


def _are_beside(
    parts: Collection[str], nested: Mapping[str, set[str]], tops: Collection[str]
) -> bool:
    """Whether the folders in parts of a split are called like the folders beside these."""
    others = {top for top in tops if top not in parts}
    alike = (_alike(nested.get(top, set()), others) for top in parts)
    return bool(parts) and len(others) > 1 and all(alike)


def _unsure(
    tops: Mapping[str, Sequence[Parts]],
    nested: Mapping[str, set[str]],
    outer: Mapping[str, Role | None],
    inner: Mapping[str, Role | None],
) -> SplitFolders | None:
    """What looks like a split, without telling all that has to be known."""
    learned = [top for top in nested if outer[top] == "train"]
    if len(nested) == 1 and learned and len(nested[learned[0]]) > 1:
        proposed: dict[str, Role | None] = {
            top: role if top in nested else "leave_out" for top, role in outer.items()
        }
        return SplitFolders(_folders(tops, proposed), is_certain=False)
    biggest = max(nested.values(), key=len, default=set[str]())
    alike = [top for top, found in nested.items() if _alike(found, biggest)]
    if len(biggest) < 2:
        return None
    if len(alike) < 2:
        return SplitFolders(_folders(tops, dict.fromkeys(tops)))
    named_inside = any(inner.values()) and not any(outer.values())
    if named_inside or len(alike) > MAX_PARTS:
        if len(inner) > MAX_PARTS:
            return SplitFolders(_folders(tops, dict.fromkeys(tops)))
        told = inner if named_inside else dict.fromkeys(inner)
        return SplitFolders(_folders(_second(tops), told), True, is_certain=not named_inside)
    roles: dict[str, Role | None] = {
        top: outer[top] if top in alike else "leave_out" for top in tops
    }
    return SplitFolders(_folders(tops, roles), is_certain=False)


def _alike(some: set[str], biggest: set[str]) -> bool:
    return len(some & biggest) >= max(1.0, ALIKE * len(some))


def _folders(
    below: Mapping[str, Sequence[Parts]], roles: Mapping[str, Role | None]
) -> tuple[SplitFolder, ...]:
    return tuple(SplitFolder(name, roles[name], len(below[name])) for name in below)
