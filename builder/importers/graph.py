"""The graph of a model that Keras saved: every call of a layer, with nested models unfolded.

It reads functional and sequential models as Keras 3 and Keras 2 write them, and does not need to
know what a layer does. For the unfolding of nested models with a worked example, see
`unfolding.py`.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from builder.importers.configuration import is_list, is_object
from builder.importers.entries import MODELS, read_entry
from builder.importers.result import Unmapped
from builder.importers.unfolding import OUTERMOST, Call, Unfolding
from builder.system.errors import FormatError, shown


class Ends(NamedTuple):
    """The inputs or the outputs of a model.

    Attributes:
        calls: The keys of their calls, in order; a key may appear twice.
        names: The keys of the dictionary that holds them; empty for a list.
    """

    calls: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """A model as a list of calls.

    Attributes:
        name: The model's name; may be empty.
        calls: Each comes after those that it reads.
        inputs: Its inputs, in the order in which it takes them.
        outputs: Its outputs.
        unmapped: The parts of the wiring that were lost.
    """

    name: str
    calls: tuple[Call, ...]
    inputs: Ends
    outputs: Ends
    unmapped: tuple[Unmapped, ...]


def read_graph(content: dict[str, Any]) -> Graph:
    """Reads the graph of a model's configuration.

    Raises:
        FormatError: It does not describe a functional or sequential model, or contradicts itself.
    """
    entry = read_entry(content, "the model")
    if entry.class_name not in MODELS:
        raise FormatError(
            f"received a model of class {shown(entry.class_name)}, expected Functional or "
            "Sequential: the wiring of others stands in their code only",
            "rebuild it from keras.Input and keras.Model, and save that",
        )
    unfolding = Unfolding()
    inputs, outputs = unfolding.model(entry, None, OUTERMOST)
    name = entry.config.get("name")
    return Graph(
        name=name if isinstance(name, str) else "",
        calls=tuple(unfolding.calls),
        inputs=_ends(inputs, "inputs"),
        outputs=_ends(outputs, "outputs"),
        unmapped=tuple(unfolding.unmapped),
    )


def _ends(structure: Any, what: str) -> Ends:
    """Reads a list of ends, or a dictionary of them."""
    names = tuple(structure) if is_object(structure) else ()
    held: Any = list(structure.values()) if is_object(structure) else structure
    members: list[Any] = held if is_list(held) else [] if held is None else [held]
    if not all(isinstance(member, str) for member in members):
        raise FormatError(
            f"the model has its {what} in lists or dictionaries inside of each other, "
            "expected one list or one dictionary",
            f"build it with its {what} in one of these and save that",
        )
    return Ends(tuple(members), names)
