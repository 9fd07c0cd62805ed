"""What the browser is told of a board. TypeScript's types are generated from these.

Sentences, parameters and shapes are shown as they are.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypedDict

from builder.network.connections import Fit


class PaletteBlock(TypedDict):
    """One line of the palette."""

    block: str
    summary: str


class PaletteCategory(TypedDict):
    """One collapsible group of the palette. `category` picks the color (`--cs-<category>`)."""

    category: str
    label: str
    blocks: list[PaletteBlock]


class Wire(TypedDict):
    """What a layer or module inside of a node reads.

    `source` is the key of another part of the same frame; "" is one of the frame's own inputs, then
    `inlet` says which, from 0. `shape` is what flows, such as "32×32×64".
    """

    source: str
    inlet: int
    shape: str


class Costs(TypedDict):
    """What the overlays show of a node or a part; None where it is not known."""

    params: int
    macs: int
    activation_bytes: int


class PartRow(Costs):
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
    parts: list["PartRow"]
    output: str


class NodeRow(Costs):
    """One node of the network.

    `name` is the person's own name or "". `shape`, `parameters` and `reach` are shown as they are;
    "" where unknown. `inputs` are ids, in order; `sources` says whether it reads anything at all,
    `repeats` whether it can be applied several times in a row. `issue` and `fix` are sentences.
    `layers` is how many layers can be looked into, 0 for none. `open` says whether they are shown;
    then `parts` are what it is made of, and `output` is the last of them. `content` is what is
    copied of it.
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
    repeats: bool
    used: bool
    level: Literal["", "error", "warning"]
    issue: str
    fix: str
    layers: int
    open: bool
    parts: list[PartRow]
    output: str
    content: dict[str, Any]


class VerdictTold(TypedDict):
    """Whether one node may read another one, and as a sentence why not; "" where it fits."""

    fit: Fit
    why: str


class Foreseen(TypedDict):
    """How nodes would look after an edit that is not made yet: those that it changes.

    It is true of version `version` of the board alone.
    """

    version: int
    nodes: list[NodeRow]


class Fields(TypedDict):
    """All that a board shows apart from its nodes.

    `revision` counts up with every change of the document. `blocks` are the network's own blocks,
    and `ends` the inputs and outputs that it lists, by pairs; both go along with what is copied.
    `open` are the keys of the nodes and parts that are unfolded; of them, `closed` nodes are drawn
    folded because there would be too much to draw. `told` counts what waits for the page: messages
    for the person, and blocks to be made. `ticked` are nodes with what the next ablation takes out
    of them alone, such as "without shortcuts".
    """

    title: str
    revision: int
    palette: list[PaletteCategory]
    blocks: list[dict[str, Any]]
    ends: list[tuple[str, Any]]
    selection: str | None
    others: list[str]
    open: list[str]
    closed: int
    can_undo: bool
    can_redo: bool
    told: int
    ticked: list[tuple[str, str]]


@dataclass(frozen=True)
class SomeOf:
    """Marks an object that has only some of the keys of a type."""

    type: type


SomeFields = Annotated[dict[str, Any], SomeOf(Fields)]


class Delta(TypedDict):
    """What has changed on a board since version `base`; the whole state where that is None.

    It makes version `version` of every state from `base` on. `fields` and `nodes` hold what is new
    or different; `order` holds the ids of all nodes where they have changed, else None, and a node
    that is not among them is gone. `ack` is the number of the last operation applied of the log
    `client`, by the ledger `ledger`.
    """

    base: int | None
    version: int
    ledger: str
    client: str
    ack: int
    fields: SomeFields
    nodes: list[NodeRow]
    order: list[str] | None
