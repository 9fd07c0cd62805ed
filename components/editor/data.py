"""The shape of the editor's data, for the type checker."""

from typing import Literal, TypedDict

from components.board.payload import PaletteCategory


class Row(TypedDict):
    """One row of the stack.

    `name` is the person's own name or "". `parameters` and `shape` are shown as they are ("64, 3×3,
    relu", "32×32×64"; "" where unknown). `inputs` are ids, in order. `issue` is a sentence.
    `layers` is how many layers can be looked into, 0 for none.
    """

    id: str
    name: str
    block: str
    category: str
    parameters: str
    shape: str
    params: int
    macs: int
    repeat: int
    inputs: list[str]
    level: Literal["", "error", "warning"]
    issue: str
    layers: int


class PartRow(TypedDict):
    """One row for a part inside a node; `depth` counts from 0.

    `open` says whether what it is made of is shown below it; None where it cannot be folded.
    """

    key: str
    depth: int
    title: str
    category: str
    parameters: str
    shape: str
    params: int
    macs: int
    open: bool | None


class EditorData(TypedDict):
    """Everything that the editor draws.

    `ledger`, `client` and `ack` come from `Board.answer`. `revision` counts up with every change
    of the document; it only shows in the page's HTML, for tests. `theme` is used until the page's
    own colors can be read. `open` are the keys of the nodes and parts that are unfolded; only what
    is inside of these nodes is sent, in `inside` by their ids.
    """

    document: str
    revision: int
    ledger: str
    client: str
    ack: int
    palette: list[PaletteCategory]
    nodes: list[Row]
    selection: str | None
    others: list[str]
    open: list[str]
    inside: dict[str, list[PartRow]]
    can_undo: bool
    can_redo: bool
    theme: Literal["light", "dark"]
