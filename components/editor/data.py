"""What the editor is shown: the shape of its data, for the type checker."""

from typing import Literal, TypedDict


class PaletteBlock(TypedDict):
    """One line of the palette."""

    block: str
    summary: str


class PaletteCategory(TypedDict):
    """One collapsible group of the palette. `category` picks the colour (`--cs-<category>`)."""

    category: str
    label: str
    blocks: list[PaletteBlock]


class Row(TypedDict):
    """One row of the stack.

    `name` is the person's own name or "". `parameters` and `shape` are shown as they are ("64, 3×3,
    relu", "32×32×64"; "" where unknown). `inputs` are ids, in order. `issue` is a sentence.
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


class EditorData(TypedDict):
    """Everything that the editor draws.

    `ledger`, `client` and `ack` come from `Ledger.answer`. `revision` counts up with every change
    of the document; it only shows in the page's HTML, for tests. `theme` is used until the page's
    own colours can be read.
    """

    document: str
    revision: int
    ledger: str
    client: str
    ack: int
    palette: list[PaletteCategory]
    nodes: list[Row]
    selection: str | None
    can_undo: bool
    can_redo: bool
    theme: Literal["light", "dark"]
