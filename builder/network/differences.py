"""Describes an edit in a few words, from the networks before and after it.

So undo can say what it reverts without every edit naming itself, even where another program changed
the document.
"""

from builder.network.architecture import Architecture, Node


def describe(before: Architecture, after: Architecture) -> str:
    """Describes the step from one network to another: `set filters of conv_3`, `add dense_2`."""
    added = [node for node in after if node.id not in before]
    removed = [node for node in before if node.id not in after]
    if added and removed:
        return _replaced(removed, added)
    if added:
        return f"add {_several(added)}"
    if removed:
        return f"remove {_several(removed)}"
    moved = _moved(before, after)
    if moved is not None:
        return f"move {moved.label}"
    pairs = [(before.by_id[node.id], node) for node in after]
    changed = [(old, new) for old, new in pairs if old != new]
    if changed:
        return _changed(changed, after)
    for what in ("inputs", "outputs"):
        if _ends(before, what) != _ends(after, what):
            return f"change the network's {what}"
    if before.name != after.name:
        return f"rename the network to {after.name}"
    return "change the network"


def _ends(architecture: Architecture, what: str) -> tuple[object, object]:
    if what == "inputs":
        return architecture.inputs, architecture.input_keys
    return architecture.outputs, architecture.output_keys


def _replaced(removed: list[Node], added: list[Node]) -> str:
    if len(added) == 1:
        name = added[0].block.type_name()
        return (
            f"replace {removed[0].label} by {name}"
            if len(removed) == 1
            else f"make {name} of {len(removed)} nodes"
        )
    if len(removed) == 1:
        return f"unpack {removed[0].label}"
    return f"replace {len(removed)} nodes by {len(added)}"


def _moved(before: Architecture, after: Architecture) -> Node | None:
    """The node that moved in the stack, if exactly one did."""
    old, new = [node.id for node in before], [node.id for node in after]
    if old == new:
        return None
    place = next(i for i, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1])
    for candidate in (new[place], old[place]):
        if [node for node in old if node != candidate] == [n for n in new if n != candidate]:
            return after.by_id[candidate]
    return None


def _changed(changed: list[tuple[Node, Node]], after: Architecture) -> str:
    nodes = [new for _, new in changed]
    names = {name for old, new in changed for name in _parameters(old, new)}
    if names:
        what = names.pop() if len(names) == 1 else f"{len(names)} parameters"
        return f"set {what} of {_several(nodes)}"
    if len(changed) > 1:
        if all(type(old.block) is not type(new.block) for old, new in changed):
            blocks = dict.fromkeys(new.block.type_name() for _, new in changed)
            return f"update {', '.join(blocks)} in {len(changed)} places"
        return f"change {_several(nodes)}"
    ((old, new),) = changed
    if type(old.block) is not type(new.block):
        return f"update {new.label}"
    if old.name != new.name:
        return f"rename {old.label} to {new.label}"
    return _connected(old, new, after)


def _parameters(old: Node, new: Node) -> list[str]:
    """The names of what was set; may include `repeat`."""
    names = ["repeat"] if old.repeat != new.repeat else []
    if type(old.block) is type(new.block) and old.block != new.block:
        before, now = old.block.values(), new.block.values()
        names += [name for name in now if now[name] != before[name]]
    return names


def _connected(old: Node, new: Node, after: Architecture) -> str:
    """What happened to a node's inputs."""
    if len(new.inputs) == len(old.inputs) + 1 and new.inputs[:-1] == old.inputs:
        return f"connect {_label(new.inputs[-1], after)} to {new.label}"
    for port, source in enumerate(old.inputs):
        if new.inputs == (*old.inputs[:port], *old.inputs[port + 1 :]):
            return f"disconnect {_label(source, after)} from {new.label}"
    return f"change what {new.label} reads"


def _label(node: str, architecture: Architecture) -> str:
    return architecture.by_id[node].label if node in architecture else node


def _several(nodes: list[Node]) -> str:
    return nodes[0].label if len(nodes) == 1 else f"{len(nodes)} nodes"
