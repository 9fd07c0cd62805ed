"""Describes in full what an edit would do, for the button that does it.

`differences.describe` names an edit for undo and is short. Here nothing is left out: a person
should know before pressing the button which blocks come, which go, and which values are set.
"""

from collections.abc import Iterator

from builder.blocks.base import Block, short_float
from builder.network.architecture import Architecture, Node


def in_full(before: Architecture, after: Architecture) -> str:
    """Describes the whole step from one network to another, as a clause.

    Such as `set units of dense_1 to 10 and activation to softmax`, or
    `add GlobalAveragePooling2D and Dense (units 10, activation softmax) behind conv2d_3`.
    """
    done = [*_removed(before, after), *_set(before, after), *_added(before, after)]
    return "; ".join(done) or "change the network"


def block_words(block: Block) -> str:
    """A block with the values that are not its defaults, `Dense (units 10)`."""
    values = block.values()
    told = [
        f"{parameter.name} {_written(values[parameter.name])}"
        for parameter in block.parameters()
        if parameter.positional or getattr(block, parameter.name) != parameter.default
    ]
    return block.type_name() + (f" ({', '.join(told)})" if told else "")


def listed(words: list[str]) -> str:
    """Several things in a row: `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _removed(before: Architecture, after: Architecture) -> Iterator[str]:
    gone = [node.label for node in before if node.id not in after]
    if gone:
        yield f"remove {listed(gone)}"


def _set(before: Architecture, after: Architecture) -> Iterator[str]:
    """Nodes that get the same values are named together."""
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for node in after:
        old = before.by_id.get(node.id)
        values = tuple(_values(old, node)) if old is not None else ()
        if values:
            groups.setdefault(values, []).append(node.label)
    for ((name, value), *others), labels in groups.items():
        more = [f"{other} to {value}" for other, value in others]
        yield listed([f"set {name} of {listed(labels)} to {value}", *more])


def _added(before: Architecture, after: Architecture) -> Iterator[str]:
    """Chains of new nodes, each with the node in front of it."""
    chain: list[Node] = []
    for node in after:
        if node.id in before:
            continue
        if chain and node.inputs != (chain[-1].id,):
            yield _chain(chain, after)
            chain = []
        chain.append(node)
    if chain:
        yield _chain(chain, after)


def _chain(chain: list[Node], after: Architecture) -> str:
    sources = [after.by_id[i].label if i in after else i for i in chain[0].inputs]
    behind = f" behind {listed(sources)}" if sources else ""
    return f"add {listed([block_words(node.block) for node in chain])}{behind}"


def _values(old: Node, new: Node) -> Iterator[tuple[str, str]]:
    if type(old.block) is not type(new.block):
        yield "block", new.block.type_name()
        return
    was = old.block.values()
    for name, value in new.block.values().items():
        if was[name] != value:
            yield name, _written(value)
    if old.repeat != new.repeat:
        yield "repeat", str(new.repeat)


def _written(value: object) -> str:
    if isinstance(value, float):
        return short_float(value)
    if isinstance(value, list | tuple):
        parts: list[object] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        if any(isinstance(part, float) for part in parts):
            return f"({', '.join(map(_written, parts))})"
        return "×".join(map(_written, parts))
    return "none" if value is None else str(value)
