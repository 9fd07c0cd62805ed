"""What the editor is shown: the palette and the rows, derived from the catalogue and inference."""

from functools import cache, lru_cache

from builder.architecture import Architecture
from builder.blocks.catalogue import CATEGORY_LABELS, catalogue
from builder.inference import Issue, NodeInference, infer
from builder.workspace import DocumentState
from components.editor import Answer, EditorData, PaletteBlock, PaletteCategory, Row
from components.shell import theme_name
from components.shell.format import shape


def editor_data(state: DocumentState, selection: str | None, answer: Answer) -> EditorData:
    """Gathers everything that the editor draws."""
    return EditorData(
        document=state.document.id,
        revision=state.document.revision,
        palette=palette(),
        nodes=rows(state.architecture),
        selection=selection,
        can_undo=state.can_undo,
        can_redo=state.can_redo,
        theme=theme_name(),
        **answer,
    )


@cache
def palette() -> list[PaletteCategory]:
    """The catalogue by category, in its own order."""
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
    issue = worst(known)
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
        level="" if issue is None else "error" if issue.level == "error" else "warning",
        issue="" if issue is None else f"{issue.message}; {issue.fix}".removesuffix("; "),
    )


def worst(known: NodeInference) -> Issue | None:
    """The issue to show where there is room for one: the first error, else the first warning."""
    return min(known.issues, key=lambda issue: issue.level != "error", default=None)
