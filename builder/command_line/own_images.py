"""A person's own images by their path: inspected, converted to the network's input, and kept."""

from dataclasses import replace
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from builder.command_line.shared import err
from builder.datasets.data_titles import data_titles
from builder.datasets.names import OWN, PUBLISHED
from builder.datasets.own_images.folder_paths import listed
from builder.datasets.own_images.reasons import Listing
from builder.datasets.own_images.roles import ROLES, Role, Roles
from builder.datasets.own_images.splits import OTHERS, check_certain
from builder.datasets.own_images.storing import Stored
from builder.datasets.own_images.survey import Survey
from builder.datasets.own_images.target import FITS, MAX_SIDE, Fit, Target
from builder.datasets.own_images.value_range import Kind, Ranges, changed, doubts, effect
from builder.datasets.own_images.work import Brought, Work
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.system.background import JobState
from builder.system.errors import BuilderError, FormatError, refused
from builder.system.home import home

EVERY = 0.1
"""Seconds between two looks at the work."""

CLASSES = "classes"
"""The hint for folders that look like a split but are not."""

_WORDS = {"stretch": "stretched", "crop": "cropped to their center", "pad": "padded with black"}


def is_path(dataset: str) -> bool:
    """Whether a data set is given by its path: a folder, a `.zip` or an `.npz`."""
    return (
        dataset not in PUBLISHED
        and not dataset.startswith(OWN)
        and Path(dataset).expanduser().exists()
    )


def title(dataset: str | None) -> str:
    """The name of a run's data set in a list; a person's own images have a title."""
    own = data_titles().get(dataset) if dataset and dataset.startswith(OWN) else None
    return own or dataset or ""


def split_roles(text: str) -> Roles | None:
    """Parses the roles of the folders of a split: `train=train,dev=validation`, or `classes`.

    `*` is every folder that is not named.

    Returns:
        The role of each folder; empty for `classes`; None where nothing was given.

    Raises:
        ParameterError: It is neither.
    """
    if not text:
        return None
    if text == CLASSES:
        return {}
    roles: dict[str, Role] = {}
    said: list[Role]
    for one in text.split(","):
        name, _, word = one.rpartition("=")
        said = [role for role in ROLES if role == word.strip().replace("-", "_")]
        if not said or not name.strip():
            raise refused(
                "split-folders",
                one,
                f"folder=role with one of the roles {', '.join(ROLES)}; or {CLASSES}",
            )
        roles[name.strip()] = said[0]
    return roles


def read_size(text: str) -> tuple[int, int] | None:
    """Parses a height and width, such as `64` or `48x64`; None where nothing was given.

    Raises:
        ParameterError: It is not a size, or too large.
    """
    if not text:
        return None
    sides = [int(part) for part in text.lower().replace("×", "x").split("x") if part.isdecimal()]
    count = text.lower().replace("×", "x").count("x") + 1
    if len(sides) != count or count > 2 or not all(1 <= side <= MAX_SIDE for side in sides):
        raise refused(
            "size",
            text,
            f"a side in pixels such as 64, or height and width such as 48x64, each 1 to {MAX_SIDE}",
        )
    return sides[0], sides[-1]


def keep(
    path: str,
    architecture: Architecture,
    fit: str,
    *,
    leave_out: bool,
    value_range: tuple[float, float] | None = None,
    roles: Roles | None = None,
    size: tuple[int, int] | None = None,
) -> str:
    """Keeps the images at a path, and reports what was done to them.

    Args:
        path: A folder, a `.zip` or an `.npz`.
        architecture: The network; the images are converted to its input.
        fit: How images of another shape are converted.
        leave_out: Whether to leave out files that are not images.
        value_range: The values that become 0 and 255; None chooses what fits the images.
        roles: The roles of the folders of a split; empty where they are the classes; None where
            nothing was given.
        size: The `(height, width)` to keep them in; None takes the network's.

    Returns:
        The name of the data set, as settings take it.

    Raises:
        BuilderError: They are refused.
    """
    if fit not in FITS:
        raise refused("fit", fit, f"one of {', '.join(FITS)}")
    with Brought(home(), path=Path(path)) as brought:
        found = _done(Work(brought, roles=roles), brought, "looking at")
        assert isinstance(found, Survey)
        say(found)
        _ask(found)
        ranges = chosen_ranges(found, value_range)
        target = replace(_target(found, architecture, fit, size), ranges=ranges)
        storing = Work(brought, target, leave_out=leave_out, roles=roles)
        stored = _done(storing, brought, "storing")
    assert isinstance(stored, Stored)
    own = stored.dataset
    resized = found.num_sizes > 1 or found.sizes[0][:2] != (own.height, own.width)
    how = f", {_WORDS[own.fit]} to that size" if resized else ""
    colors = "gray" if own.channels == 1 else "color"
    here = "were here already" if stored.was_there else "are kept"
    err.print(
        f"They {here} as {OWN}{own.id}: {own.height}×{own.width} {colors}{how}.",
    )
    if stored.left_out.count:
        err.print(f"Left out, {stored.left_out.count:,}:")
        _say_listing(stored.left_out)
    return OWN + own.id


def _done(work: Work, brought: Brought, words: str) -> Survey | Stored:
    """Waits for some work and shows its progress; Ctrl+C ends it."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(f"{words} the images", total=None)
        try:
            while work.state == JobState.RUNNING:
                work.wait(EVERY)
                done, total = brought.progress()
                progress.update(task, completed=done, total=total or None)
        except KeyboardInterrupt:
            work.cancel()
            work.wait()
            raise
    if work.result is None:
        raise work.error or BuilderError("the images could not be read")
    return work.result


def look(path: Path, roles: Roles | None = None) -> Survey:
    """Inspects the images at a path and shows the progress.

    Args:
        path: A folder, a `.zip` or an `.npz`.
        roles: The roles of the folders of a split, as in `keep`.

    Raises:
        BuilderError: They are refused.
    """
    with Brought(home(), path=path) as brought:
        found = _done(Work(brought, roles=roles), brought, "looking at")
    assert isinstance(found, Survey)
    return found


def _ask(found: Survey) -> None:
    """Refuses to guess the roles of folders; there is an option for them."""
    if found.splits is None:
        return
    try:
        check_certain(found.splits)
    except FormatError as error:
        example = ",".join(
            f"{folder.name}={folder.role or role}"
            for folder, role in zip(found.splits.folders, ("train", "test"), strict=False)
        )
        raise FormatError(
            error.message,
            f"give --split-folders {example}, or --split-folders {CLASSES}, or, where the folders "
            f"in them are the classes, --split-folders '{OTHERS}=train'",
        ) from error


def say(found: Survey) -> None:
    """Reports what was found and what is not used."""
    counts = zip(found.classes, found.counts, strict=True)
    named = [f"{name} {count:,}" for name, count in counts]
    more = f" and {len(named) - 8} more" if len(named) > 8 else ""
    err.print(
        f"{sum(found.counts):,} images of {len(named)} classes: {', '.join(named[:8])}{more}"
        f"{_kept_apart(found)}.",
    )
    if found.bad.count:
        err.print(f"No images, {found.bad.count:,}. --leave-out leaves them out:")
        _say_listing(found.bad)
    if found.outside.count:
        err.print(f"Not used, {found.outside.count:,}:")
        _say_listing(found.outside)
    if found.splits is not None and not found.splits.is_certain:
        names = listed(folder.name for folder in found.splits.folders)
        err.print(f"Perhaps parts of a split, taken for classes: {names}.")
    for text in found.warnings:
        err.print(f"warning: {text}")
    for note in found.notes:
        err.print(note)


def _say_listing(listed: Listing) -> None:
    for group in listed.groups:
        err.print(f"  {group.count:,} {group.words}: {group.names}")


def chosen_ranges(found: Survey, given: tuple[float, float] | None) -> Ranges:
    """The values that become 0 to 255; reports what they are and any doubts about them.

    Args:
        found: What was found.
        given: The low and the high value that a person has chosen, if any.

    Raises:
        ParameterError: They are not a range.
    """
    ranges = changed(found.ranges, *given) if given else found.ranges
    hint = "" if given or len(ranges) > 1 else " --value-range LOW HIGH takes others."
    is_plain = all(one.kind is Kind.BYTE for one in ranges) and not given
    err.print(effect(found.extents, ranges) + ("" if is_plain else hint))
    for doubt in doubts(found.extents, ranges):
        err.print(doubt)
    return ranges


def _kept_apart(found: Survey) -> str:
    """The images of a given split that are not for training."""
    parts = {"to validate with": found.validation_counts, "for a last test": found.test_counts}
    return "".join(f"; {sum(counts):,} {words}" for words, counts in parts.items() if counts)


def _target(
    found: Survey, architecture: Architecture, fit: str, size: tuple[int, int] | None
) -> Target:
    """The network's input if it takes an image, otherwise the most frequent size of the images."""
    shapes = infer(architecture).input_shapes
    shape = shapes[0] if len(shapes) == 1 and len(shapes[0]) == 3 else ()
    usual = shape[:2] if shape and max(shape[:2]) <= MAX_SIDE else found.sizes[0][:2]
    height, width = size or usual
    channels = shape[2] if shape and shape[2] in (1, 3) else found.channels
    how: Fit = next(name for name in FITS if name == fit)
    return Target(min(height, MAX_SIDE), min(width, MAX_SIDE), channels, how)
