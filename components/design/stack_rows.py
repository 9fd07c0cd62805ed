"""The editor's data: what it shows of a board, and its own rows."""

from functools import lru_cache

from builder.network.architecture import Architecture
from builder.network.hierarchy import Part, inside, num_layers, walk
from builder.network.inference import NodeInference, infer
from builder.system.level import Level
from components.board import Answer, Shown
from components.editor import EditorData, PartRow, Row
from components.shell import theme_name
from components.shell.format import shape


def editor_data(shown: Shown, answer: Answer) -> EditorData:
    """Collects everything that the editor draws."""
    fields, architecture = shown.fields(), shown.state.architecture
    return EditorData(
        document=shown.state.document.id,
        revision=fields["revision"],
        palette=fields["palette"],
        nodes=rows(architecture),
        selection=fields["selection"],
        others=fields["others"],
        open=fields["open"],
        inside=inside_rows(architecture, frozenset(shown.view.opened)),
        can_undo=fields["can_undo"],
        can_redo=fields["can_redo"],
        theme=theme_name(),
        **answer,
    )


@lru_cache(maxsize=32)
def rows(architecture: Architecture) -> list[Row]:
    """One row for each node, in the order of the stack."""
    nodes = infer(architecture).nodes
    return [_row(nodes[node.id]) for node in architecture]


def _row(known: NodeInference) -> Row:
    node = known.node
    issue = known.worst_issue
    return Row(
        id=node.id,
        name=node.name,
        block=node.block.type_name(),
        category=node.block.category.value,
        parameters=node.block.describe(),
        shape="" if known.output_shape is None else shape(known.output_shape),
        params=known.params,
        macs=known.macs,
        repeat=node.repeat,
        inputs=list(node.inputs),
        level="" if issue is None else "error" if issue.level is Level.ERROR else "warning",
        issue="" if issue is None else issue.problem.words.line,
        layers=num_layers(known),
    )


@lru_cache(maxsize=32)
def inside_rows(architecture: Architecture, opened: frozenset[str]) -> dict[str, list[PartRow]]:
    """The parts of the opened nodes, by their ids."""
    nodes = infer(architecture).nodes
    parts = {node.id: inside(nodes[node.id]) for node in architecture if node.id in opened}
    return {
        node: [_part(part, depth, opened) for part, depth in walk(shown, opened)]
        for node, shown in parts.items()
    }


def _part(part: Part, depth: int, opened: frozenset[str]) -> PartRow:
    return PartRow(
        key=part.key,
        depth=depth,
        title=part.title,
        category=part.category.value,
        parameters=part.parameters,
        shape=shape(part.output_shape),
        params=part.params,
        macs=part.macs,
        open=part.key in opened if part.folds else None,
    )
