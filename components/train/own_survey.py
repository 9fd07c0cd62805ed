"""The findings in a person's images, and the choice of size and color with a preview."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from builder.datasets.own_images.reasons import Listing
from builder.datasets.own_images.samples import read_sample
from builder.datasets.own_images.survey import Survey
from builder.datasets.own_images.target import MAX_SIDE, Fit, Target
from builder.system.errors import BuilderError
from builder.system.level import Level
from components.shell import Fact, facts, notice
from components.shell import format as fmt
from components.train import own_choices, own_values, pictures

_FITS: Mapping[str, Fit] = {
    "Stretch": "stretch",
    "Crop to the center": "crop",
    "Pad with black": "pad",
}
_COLORS = {"Color": 3, "Gray": 1}
_OTHER = "another size"


def draw_found(found: Survey) -> None:
    """Draws the counts, the balance of the classes, and what is not taken."""
    items = [
        Fact(fmt.count(sum(found.counts)), _learned(found), f"{sum(found.counts):,}"),
        Fact(fmt.count(len(found.classes)), "classes"),
        Fact(_sizes(found), "pixels" if found.num_sizes == 1 else ""),
    ]
    if found.validation_counts:
        items.insert(1, Fact(fmt.count(sum(found.validation_counts)), "for validation"))
    if found.test_counts:
        items.insert(-2, Fact(fmt.count(sum(found.test_counts)), "for a last test"))
    facts(items, key="cs-own-facts")
    st.html(
        f'<div class="cs-data">{pictures.bars(found.classes, found.counts)}'
        f"<p>{_classes(found)}</p></div>"
    )
    if found.bad.count:
        files = fmt.plural(found.bad.count, "file is no image", "files are no images")
        what = "it is" if found.bad.count == 1 else "they are"
        _draw_listing(Level.WARNING, files, found.bad, f"Say below that {what} left out.")
    if found.outside.count:
        what = fmt.plural(found.outside.count, "other entry is", "other entries are")
        _draw_listing(Level.INFO, f"{what} not used", found.outside)
    for text in found.warnings:
        notice(Level.WARNING, text)
    for note in found.notes:
        notice(Level.INFO, note)


def _draw_listing(level: Level, what: str, listed: Listing, fix: str = "") -> None:
    """Says what is not taken, and why: in a line where there is one reason, else in a list."""
    if len(listed.groups) == 1:
        notice(level, f"{what}: {listed}.", fix)
        return
    notice(level, f"{what}, for these reasons:", fix)
    rows = "".join(
        f"<li><b>{group.count:,}</b> {escape(group.words)}: <span>{escape(group.names)}</span></li>"
        for group in listed.groups
    )
    st.html(f'<ul class="cs-own-reasons">{rows}</ul>')


def draw_target(found: Survey, folder: Path, shape: Sequence[int]) -> Target | None:
    """Draws the choice of size and color, and what the images look like then.

    Args:
        found: What was found.
        folder: Where the samples lie.
        shape: The network's `(height, width, channels)`; empty where it has none.

    Returns:
        The choice; None where it makes no sense yet.
    """
    with st.container(key="cs-own-target", horizontal=True, vertical_alignment="bottom"):
        height, width = _draw_size(found, shape)
        usual = list(_COLORS.values()).index(_channels(found, shape))
        color = st.selectbox(
            "Color",
            list(_COLORS),
            index=own_choices.index("cs-own-color", [*_COLORS], usual),
            key="cs-own-color",
            width=110,
        )
        how: Fit = "stretch"
        if found.num_sizes > 1 or found.sizes[0][:2] != (height, width):
            chosen = st.selectbox(
                "Other shapes",
                list(_FITS),
                index=own_choices.index("cs-own-fit", [*_FITS]),
                key="cs-own-fit",
                width=190,
                help="What happens to images that are wider or higher than this size.",
            )
            how = _FITS[chosen]
        ranges = own_values.draw(found, folder.name)
    if ranges is None:
        return None
    try:
        target = Target(height, width, _COLORS[color], how, ranges)
    except BuilderError as error:
        notice(Level.ERROR, f"{error.message}.")
        return None
    own_values.draw_effect(found, ranges)
    _draw_preview(found, folder, target)
    return target


def _draw_size(found: Survey, shape: Sequence[int]) -> tuple[int, int]:
    """Offers the network's size, those of the files, and any other."""
    known: dict[tuple[int, int], str] = {}
    if shape:
        known[shape[0], shape[1]] = "the network's input"
    for height, width, count in found.sizes[:3]:
        share = "all files" if found.num_sizes == 1 else fmt.plural(count, "file")
        known.setdefault((height, width), share)
    words = {size: f"{fmt.shape(size)}, {share}" for size, share in known.items()}
    options: list[Any] = [*(size for size in known if max(size) <= MAX_SIDE), _OTHER]
    chosen = st.selectbox(
        "Size, height×width",
        options,
        index=own_choices.index("cs-own-size", options),
        format_func=lambda size: words.get(size, _OTHER),
        key="cs-own-size",
        width=230,
    )
    if isinstance(chosen, tuple):
        return chosen
    largest = [min(side, MAX_SIDE) for side in found.sizes[0][:2]]
    height, width = (
        st.number_input(
            name,
            1,
            MAX_SIDE,
            own_choices.last(f"cs-own-{name}", side),
            key=f"cs-own-{name}",
            width=110,
        )
        for name, side in zip(("height", "width"), largest, strict=True)
    )
    return int(height), int(width)


def _draw_preview(found: Survey, folder: Path, target: Target) -> None:
    shown = "".join(
        _figure(_sample(str(folder / sample.file), target), found.classes[sample.label])
        for sample in found.samples
    )
    needed = found.num_images * target.height * target.width * target.channels
    images = fmt.plural(found.num_images, "image")
    st.html(
        f'<div class="cs-own-preview">{shown}</div>'
        f'<p class="cs-hint">So they will be stored: {images} of {fmt.shape(target.shape)}, '
        f"{fmt.size(needed)} on the disk.</p>"
    )


def _figure(address: str, name: str) -> str:
    if not address:
        return ""
    known = escape(name)
    return (
        f'<figure title="{known}"><img src="{address}" alt="{known}">'
        f"<figcaption>{known}</figcaption></figure>"
    )


@lru_cache(maxsize=256)
def _sample(path: str, target: Target) -> str:
    """A sample as it would be stored; empty where it is gone."""
    try:
        return pictures.data_url(read_sample(Path(path), target))
    except OSError:
        return ""


def _channels(found: Survey, shape: Sequence[int]) -> int:
    """The network's colors where it has some, else those of the images."""
    return shape[2] if shape and shape[2] in _COLORS.values() else found.channels


def _learned(found: Survey) -> str:
    """What the first figure counts: with a split, the images to learn from only."""
    return "to learn from" if found.validation_counts or found.test_counts else "images"


def _sizes(found: Survey) -> str:
    if found.num_sizes == 1:
        return fmt.shape(found.smallest)
    return f"{found.num_sizes:,} sizes, {fmt.shape(found.smallest)} to {fmt.shape(found.largest)}"


def _classes(found: Survey) -> str:
    """The classes with their counts, the first of them."""
    named = [
        f"{escape(name)} <b>{count:,}</b>"
        for name, count in zip(found.classes[:12], found.counts, strict=False)
    ]
    more = len(found.classes) - len(named)
    return ", ".join(named) + (f" and {more:,} more" if more else "")
