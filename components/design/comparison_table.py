"""A comparison of two networks as a table: on the screen and as a file."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from builder.network.comparison import Changed, Figure, Kind, NetworkComparison, Pair
from builder.network.inference import NodeInference
from components.runs.words import change
from components.shell import format as fmt

_WRITERS: Mapping[Kind, Callable[[Any], str]] = {
    "count": fmt.count,
    "macs": fmt.macs,
    "bytes": fmt.size,
    "pixels": lambda pixels: fmt.UNKNOWN if pixels is None else f"{pixels:,} px",
    "shape": lambda shapes: " + ".join(map(fmt.shape, shapes)) or fmt.UNKNOWN,
}


def to_html(found: NetworkComparison, names: tuple[str, str], *, only_different: bool) -> str:
    """The figures, and below them the blocks side by side.

    Args:
        found: The comparison.
        names: The names of the two networks.
        only_different: Whether to leave out equal blocks.
    """
    pairs = [pair for pair in found.pairs if not (only_different and pair.is_same)]
    heads = "".join(f"<th>{escape(name)}</th>" for name in names)
    figures = "".join(map(_figure, found.figures))
    sides = "".join(
        f'<th class="cs-block">{escape(name)}</th><th>params</th><th>output</th>' for name in names
    )
    blocks = "".join(map(_pair, pairs))
    said = fmt.plural(found.num_different, "block differs", "blocks differ")
    said = said if found.num_different else "The blocks are the same"
    return (
        '<div class="cs-scroll"><table class="cs-table cs-network-figures"><thead><tr><th></th>'
        f"{heads}<th>change</th></tr></thead><tbody>{figures}</tbody></table></div>"
        f'<p class="cs-compared">{said}</p><div class="cs-scroll">'
        f'<table class="cs-table cs-side"><thead><tr>{sides}</tr></thead>'
        f"<tbody>{blocks}</tbody></table></div>"
    )


def to_csv(found: NetworkComparison, names: tuple[str, str]) -> str:
    """The figures, then the blocks with the exact differences."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("kind", "name", *names, "different"))
    for figure in found.figures:
        values = [_written(figure, value) for value in figure.values]
        rows.writerow(("figure", figure.name, *values, _yes(figure.values[0] != figure.values[1])))
    for number, pair in enumerate(found.pairs, 1):
        sides = [_title(side) if side else "" for side in (pair.first, pair.second)]
        rows.writerow(("block", number, *sides, _yes(not pair.is_same)))
        for each in pair.changed:
            rows.writerow(("parameter", each.name, *map(_plain, each.values), "yes"))
    return text.getvalue()


def _figure(figure: Figure) -> str:
    first, second = map(_WRITERS[figure.kind], figure.values)
    kind = "cs-same" if figure.values[0] == figure.values[1] else ""
    exact = [
        f' title="{value:,}"' if figure.kind in ("macs", "bytes") and value is not None else ""
        for value in figure.values
    ]
    told = change(figure.share) if figure.share else ""
    return (
        f'<tr class="{kind}"><td>{escape(figure.name)}</td><td{exact[0]}>{first}</td>'
        f"<td{exact[1]}>{second}</td><td>{told}</td></tr>"
    )


def _pair(pair: Pair) -> str:
    kind = "cs-same" if pair.is_same else "cs-changed" if pair.changed else "cs-alone"
    cells = "".join(
        _side(known, pair.changed, side) for side, known in enumerate((pair.first, pair.second))
    )
    return f'<tr class="{kind}">{cells}</tr>'


def _side(known: NodeInference | None, changed: tuple[Changed, ...], side: int) -> str:
    if known is None:
        return f'<td class="cs-block cs-missing">{fmt.UNKNOWN}</td><td></td><td></td>'
    values = ", ".join(
        f"{each.name} <b>{escape(_plain(each.values[side]))}</b>" for each in changed
    )
    below = f"<small>{values}</small>" if values else ""
    shown = fmt.count(known.params) if known.output_shape is not None else fmt.UNKNOWN
    return (
        f'<td class="cs-block">{escape(_name(known))} <span>{escape(_block(known))}</span>{below}'
        f"</td><td>{shown}</td>"
        f"<td>{fmt.shape(known.output_shape)}</td>"
    )


def _title(known: NodeInference) -> str:
    return f"{_name(known)} {_block(known)}"


def _name(known: NodeInference) -> str:
    node = known.node
    return f"{node.label} ×{node.repeat}" if node.repeat > 1 else node.label


def _block(known: NodeInference) -> str:
    block = known.node.block
    return f"{block.type_name()} {block.describe(whole=True)}".rstrip()


def _written(figure: Figure, value: Any) -> str:
    if figure.kind == "shape":
        return _WRITERS["shape"](value)
    return "" if value is None else str(value)


def _plain(value: Any) -> str:
    """A parameter's value, as in a form."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, (list, tuple)) and all(isinstance(each, int) for each in value):
        return "×".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
