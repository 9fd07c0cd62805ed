"""The graph of a model that Keras saved: every call of a layer, with nested models unfolded.

Read are functional and sequential models as Keras 3 and Keras 2 write them. Nothing here knows what
a layer does.
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
        calls: The keys of the calls that they are, in order; the same one may be there twice.
        names: The keys of the dictionary that the model has them in; empty for a list of them.
    """

    calls: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """A model as a list of calls.

    Attributes:
        name: The model's name; may be empty.
        calls: In an order in which each stands behind those that it reads.
        inputs: Its inputs, in the order in which it takes them.
        outputs: Its outputs.
        unmapped: What could not be taken over of the wiring.
    """

    name: str
    calls: tuple[Call, ...]
    inputs: Ends
    outputs: Ends
    unmapped: tuple[Unmapped, ...]


def read_graph(content: dict[str, Any]) -> Graph:
    """Reads the graph of a model's configuration.

    Raises:
        FormatError: It is not that of a functional or sequential model, or contradicts itself.
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
