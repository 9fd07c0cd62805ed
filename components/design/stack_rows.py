"""The editor's data: the palette and the rows, derived from the catalogue and inference."""

from functools import cache, lru_cache

from builder.blocks.catalogue import CATEGORY_LABELS, catalogue
from builder.documents.library import available
from builder.documents.session import DocumentState
from builder.network.architecture import Architecture
from builder.network.hierarchy import Part, inside, num_layers, walk
from builder.network.inference import NodeInference, infer
from builder.system.level import Level
from components.editor import Answer, EditorData, PaletteBlock, PaletteCategory, PartRow, Row
from components.shell import theme_name
from components.shell.format import shape
from components.state import workspace


def editor_data(
    state: DocumentState,
    selection: str | None,
    others: tuple[str, ...],
    opened: tuple[str, ...],
    answer: Answer,
) -> EditorData:
    """Collects everything that the editor draws."""
    return EditorData(
        document=state.document.id,
        revision=state.document.revision,
        palette=palette(state.architecture),
        nodes=rows(state.architecture),
        selection=selection,
        others=list(others),
        open=list(opened),
        inside=inside_rows(state.architecture, frozenset(opened)),
        can_undo=state.can_undo,
        can_redo=state.can_redo,
        theme=theme_name(),
        **answer,
    )


def palette(architecture: Architecture) -> list[PaletteCategory]:
    """The catalogue by category, in its own order, and the person's own blocks."""
    own = available(architecture, workspace().library)
    if not own:
        return _catalogue()
    blocks = [PaletteBlock(block=name, summary=block.summary()) for name, block in own.items()]
    return [*_catalogue(), PaletteCategory(category="own", label="Your blocks", blocks=blocks)]


@cache
def _catalogue() -> list[PaletteCategory]:
    return [
        PaletteCategory(
            category=category.value,
            label=label,
            blocks=[
                PaletteBlock(block=name, summary=block.summary())
                for name, block in catalogue().items()
                if block.category is category
            ],
        )
        for category, label in CATEGORY_LABELS.items()
    ]


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
