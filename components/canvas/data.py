"""The shape of the canvas's data, for the type checker."""

from typing import Any, Literal, TypedDict

from components.editor import PaletteCategory


class Wire(TypedDict):
    """What a layer or module inside of a node reads.

    `source` is the key of another part of the same frame; "" is the frame's own input. `shape` is
    what flows, such as "32×32×64".
    """

    source: str
    shape: str


class Costs(TypedDict):
    """What the overlays show of a node or a part; None where it is not known."""

    params: int
    macs: int
    activation_bytes: int


class CanvasPart(Costs):
    """A layer or a module inside of a node.

    `parts` is what it is made of where that is shown, else empty; `output` is the key of the one of
    them that gives its output. `folds` says whether it can be folded, `layers` how many it holds.
    """

    key: str
    title: str
    category: str
    parameters: str
    shape: str
    layers: int
    folds: bool
    inputs: list[Wire]
    parts: list["CanvasPart"]
    output: str


class CanvasNode(Costs):
    """One node of the network.

    `name` is the person's own name or "". `shape`, `parameters` and `reach` are shown as they are;
    "" where unknown. `inputs` are ids, in order. What it may read is decided by
    `builder.network.connections`: `sources` says whether it reads at all, `single` whether a new
    input replaces the only one, `closed` is a sentence on why it takes no further one, or "";
    `takes` are the shapes that one more input may have, None for any, `refuses` the network's
    shapes that its only input may not have, each with the reason. `repeats` says whether it can be
    applied several times in a row. `issue` and `fix` are sentences. `layers` is how many layers can
    be looked into, 0 for none. `open` says whether they are shown; then `parts` are what it is made
    of, and `output` is the last of them. `content` is what is copied of it.
    """

    id: str
    name: str
    block: str
    category: str
    parameters: str
    shape: str
    reach: str
    repeat: int
    inputs: list[str]
    sources: bool
    single: bool
    repeats: bool
    closed: str
    takes: list[str] | None
    refuses: dict[str, str]
    used: bool
    level: Literal["", "error", "warning"]
    issue: str
    fix: str
    layers: int
    open: bool
    parts: list[CanvasPart]
    output: str
    content: dict[str, Any]


class CanvasData(TypedDict):
    """Everything that the canvas draws.

    `ledger`, `client` and `ack` come from `Ledger.answer`. `revision` counts up with every change
    of the document; it only shows in the page's HTML, for tests. `theme` is used until the page's
    own colors can be read. `open` are the keys of the nodes and parts that are unfolded; of them,
    `closed` nodes are drawn folded because there would be too much to draw. `blocks` are the
    network's own blocks, and `ends` the inputs and outputs that it lists, by pairs, since Streamlit
    asks pandas whether an object is a table; both go along with what is copied.
    """

    document: str
    title: str
    revision: int
    ledger: str
    client: str
    ack: int
    palette: list[PaletteCategory]
    nodes: list[CanvasNode]
    blocks: list[dict[str, Any]]
    ends: list[tuple[str, Any]]
    selection: str | None
    others: list[str]
    open: list[str]
    closed: int
    can_undo: bool
    can_redo: bool
    theme: Literal["light", "dark"]
