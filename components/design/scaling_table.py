"""The tables of the dialog that scales the network."""

from collections.abc import Iterator
from html import escape
from typing import Any

from builder.checks.memory_need import in_words, memory_need, purpose
from builder.network.inference import Inference
from builder.training.settings import TrainingSettings
from builder.transforms.scaling_preview import Preview, Size, Stage
from builder.transforms.stages import Bar
from components.shell import format as fmt

_WHY_NOT = {
    Bar.STEM: "reads the image",
    Bar.HEAD: "gives the result",
    Bar.RESHAPES: "changes the shape",
    Bar.LINEAR: "has no activation",
    Bar.CHAINED: "joins two inputs",
}
"""What keeps a block from being repeated, in the room that a cell has."""


def totals(found: Preview, after: Inference, settings: TrainingSettings) -> str:
    """What the network costs now and scaled, and what the factors ask for."""
    before = found.before
    sizes = [
        ", ".join(fmt.shape(shape) for shape in inference.input_shapes)
        for inference in (before, after)
    ]
    rows = [
        _total("Parameters", before.total_params, after.total_params, fmt.count),
        _total(
            "MACs",
            before.macs,
            after.macs,
            lambda n: fmt.quantity(n, "").strip(),
            found.scaling.cost,
        ),
        _total(
            purpose(settings.batch_size).capitalize(),
            memory_need(before, settings).at(settings.batch_size),
            memory_need(after, settings).at(settings.batch_size),
            in_words,
        ),
        _total("Layers", before.num_layers, after.num_layers, fmt.count, found.scaling.depth),
        f"<tr><td>Input</td><td>{sizes[0]}</td><td>{sizes[1]}</td><td></td><td></td></tr>",
    ]
    heads = "<tr><th></th><th>Now</th><th>Scaled</th><th>Times</th><th>Asked</th></tr>"
    return _table(heads, "".join(rows))


def _total(name: str, before: int, after: int, write: Any, asked: float | None = None) -> str:
    wanted = "" if asked is None else f"×{asked:.2f}"
    times = f"×{after / before:.2f}" if before else ""
    return (
        f'<tr><td>{name}</td><td title="{before:,}">{write(before)}</td>'
        f'<td title="{after:,}"><b>{write(after)}</b></td><td>{times}</td><td>{wanted}</td></tr>'
    )


def stages(found: tuple[Stage, ...]) -> str:
    """The stages with their sizes now and scaled; a block that is not repeated says why."""
    rows = "".join(
        f"<tr><td>{escape(stage.label)}</td>{''.join(_cells(stage))}</tr>" for stage in found
    )
    heads = "<tr><th>Block</th><th>Channels</th><th>Blocks</th><th>Output</th></tr>"
    return _table(heads, rows)


def _table(heads: str, rows: str) -> str:
    return f'<table class="cs-table cs-scale"><thead>{heads}</thead><tbody>{rows}</tbody></table>'


def _cells(stage: Stage) -> Iterator[str]:
    for write in (_widths, _blocks, _shape):
        before = write(stage.before) if stage.before else ""
        after = write(stage.after) if stage.after else ""
        if stage.before is None:
            yield f"<td><b>{after}</b></td>"
        elif stage.after is None:
            yield f"<td><s>{before}</s></td>"
        elif before == after:
            why = _WHY_NOT[stage.bar] if write is _blocks and stage.bar is not None else ""
            yield f"<td>{f'<i>{why}</i> ' if why else ''}{before}</td>"
        else:
            yield f"<td>{before} → <b>{after}</b></td>"


def _widths(size: Size) -> str:
    different = list(dict.fromkeys(size.widths))
    more = ", …" if len(different) > 3 else ""
    return ", ".join(map(str, different[:3])) + more


def _blocks(size: Size) -> str:
    return str(size.blocks)


def _shape(size: Size) -> str:
    return fmt.shape(size.shape)
