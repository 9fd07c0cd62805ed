"""What a board shows, derived from its document and from what is selected and unfolded."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from builder.blocks.base import Block
from builder.blocks.catalogue import CATEGORY_LABELS, catalogue
from builder.documents.library import Library, available
from builder.documents.session import DocumentState
from builder.files.architecture_file import ends_to_dict
from builder.network.architecture import Architecture
from builder.network.hierarchy import fitting
from builder.network.inference import infer
from builder.studies.study import Question
from builder.transforms.ablation.kinds import PartKind
from components.board.nodes import node_rows, own_blocks
from components.board.payload import Fields, NodeRow, PaletteBlock, PaletteCategory

MAX_BOXES = 400
"""How many nodes and parts are drawn at once; beyond that, nodes stay folded."""


@dataclass(frozen=True)
class View:
    """What a browser tab shows of a document.

    Attributes:
        selection: The id of the selected node, or None; it may be gone meanwhile.
        others: The ids of the other selected nodes; some may be gone.
        opened: The keys of the nodes and parts that are unfolded; likewise.
    """

    selection: str | None = None
    others: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()

    def within(self, architecture: Architecture) -> "View":
        """The same with only those selected nodes that are there."""
        selection = self.selection if self.selection in architecture else None
        others = tuple(node for node in self.others if node in architecture)
        return View(selection, others, self.opened)


@dataclass(frozen=True)
class Shown:
    """All that a board's state follows from; equal ones show the same.

    Attributes:
        state: The document.
        view: What is selected and unfolded.
        own: The own blocks that can be placed, by name.
        told: How many things the page was to be told so far.
    """

    state: DocumentState
    view: View
    own: Mapping[str, type[Block]]
    told: int = 0

    def rows(self) -> list[NodeRow]:
        """One row for each node, in the order of the stack."""
        return node_rows(self.state.architecture, self._fitting()[0])

    def fields(self) -> Fields:
        """All but the rows."""
        document, view = self.state.document, self.view.within(self.state.architecture)
        return Fields(
            title=document.name,
            revision=document.revision,
            palette=palette(self.own),
            blocks=own_blocks(document.architecture),
            ends=list(ends_to_dict(document.architecture).items()),
            selection=view.selection,
            others=list(view.others),
            open=list(view.opened),
            closed=len(self._fitting()[1]),
            can_undo=self.state.can_undo,
            can_redo=self.state.can_redo,
            told=self.told,
            ticked=ticked(self.state),
        )

    def _fitting(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """The keys that are drawn unfolded, and the nodes for which there is no room."""
        known = infer(self.state.architecture).nodes.values()
        return fitting(known, frozenset(self.view.opened), MAX_BOXES)


def shown(state: DocumentState, library: Library, view: View, told: int) -> Shown:
    """Collects all that a board's state follows from; see `Shown`."""
    return Shown(state, view, available(state.architecture, library), told)


def ticked(state: DocumentState) -> list[tuple[str, str]]:
    """The nodes of which the next ablation takes something out, with what that is in words."""
    places = state.document.requests.get(Question.ABLATION, {}).get("places", ())
    found: dict[str, list[str]] = {}
    for place in places:
        kind, _, node = str(place).partition("@")
        if node in state.architecture and kind in list(PartKind):
            found.setdefault(node, []).append(PartKind(kind).change)
    return [(node, ", ".join(words)) for node, words in found.items()]


def palette(own: Mapping[str, type[Block]]) -> list[PaletteCategory]:
    """The catalogue by category, in its own order, and a person's own blocks."""
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
