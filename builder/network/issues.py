"""What is wrong with a network: issues, the codes of those that no single block has, their words.

An issue of a block that does not fit its inputs carries the code of its `ShapeError`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import auto
from typing import Any

from builder.blocks.costs import format_shape
from builder.blocks.types import Shape
from builder.network.architecture import Node
from builder.system.errors import Code, Problem, Words
from builder.system.level import Level


class IssueCode(Code):
    """What is wrong; `_Words` has a sentence for each, a function of this name."""

    # The network as a whole.
    EMPTY_NETWORK = auto()
    NO_INPUT_LAYER = auto()
    NO_OUTPUT = auto()
    # What a node reads, and what reads it.
    MISSING_SOURCE = auto()
    IN_CYCLE = auto()
    NO_INPUT = auto()
    UNREAD = auto()
    UNREAD_INPUT = auto()
    READ_BY_SHAPE_ONLY = auto()
    # Names.
    NAME_TAKEN = auto()
    LAYER_NAME_TAKEN = auto()
    NAME_OF_KERAS = auto()
    # Own blocks from files.
    RENAMED_INSIDE = auto()
    MORE_RENAMED_INSIDE = auto()
    LEFT_OUT_INSIDE = auto()
    MORE_LEFT_OUT_INSIDE = auto()
    # Crops in training only.
    MISFIT_IN_USE = auto()
    OTHER_OUTPUT_IN_USE = auto()

    def words(self, **fields: Any) -> Words:
        return getattr(_Words, self)(**fields)


@dataclass(frozen=True, slots=True)
class Issue:
    """Something wrong, blamed on one node.

    Attributes:
        node: Its id; empty for the network as a whole.
        level: An error keeps the network from being built, a warning does not; nodes that are
            not used have warnings only.
        problem: What is wrong.
        label: The name that a person sees of the node.
    """

    node: str
    level: Level
    problem: Problem
    label: str = ""

    @property
    def code(self) -> Code:
        """What kind of problem it is."""
        return self.problem.code

    @property
    def fields(self) -> Mapping[str, Any]:
        """The values in the problem's sentence, by name."""
        return self.problem.fields

    @property
    def message(self) -> str:
        """What was received and what was expected."""
        return self.problem.message

    @property
    def fix(self) -> str:
        """What to do; may be empty."""
        return self.problem.fix

    def __str__(self) -> str:
        where = f"{self.label or self.node}: " if self.node else ""
        return f"{where}{self.problem.words.line}"


class _Words:
    """The functions by their codes, in the order of `IssueCode`."""

    @staticmethod
    def empty_network() -> Words:
        return Words("the network is empty", "add an Input, then layers")

    @staticmethod
    def no_input_layer() -> Words:
        return Words("the network has no Input", "add an Input in front")

    @staticmethod
    def no_output() -> Words:
        return Words("the network has no output", "add a layer behind the Input")

    @staticmethod
    def missing_source(source: str) -> Words:
        return Words(f"reads {source!r}, which does not exist", "choose another input")

    @staticmethod
    def in_cycle() -> Words:
        return Words("is part of a cycle", "remove one of the cycle's connections")

    @staticmethod
    def no_input() -> Words:
        return Words("has no input", "connect it to a node above")

    @staticmethod
    def unread() -> Words:
        return Words(
            "nothing reads its output",
            "connect it, remove it, or move it to the end to make it the output",
        )

    @staticmethod
    def unread_input() -> Words:
        return Words("it is an input that nothing reads", "connect it or remove it")

    @staticmethod
    def read_by_shape_only() -> Words:
        return Words(
            "only its shape is read, so Keras leaves it out of the model",
            "remove it, or connect it where its values count",
        )

    @staticmethod
    def name_taken(name: str) -> Words:
        return Words(f"the name {name!r} is taken", "give it another name")

    @staticmethod
    def layer_name_taken(name: str, owner: str) -> Words:
        return Words(
            f"the name {name!r} of one of its layers is taken by {owner}", "give it another name"
        )

    @staticmethod
    def name_of_keras(name: str, layer: str) -> Words:
        return Words(
            f"the name {name!r} is one that Keras itself gives to {layer}", "give it another name"
        )

    @staticmethod
    def renamed_inside(block: str) -> Words:
        return Words(
            f"in code the block {block} has another name, since that one is taken there",
            "rename the block",
        )

    @staticmethod
    def more_renamed_inside(number: int) -> Words:
        return Words(f"so have {number:,} more blocks inside", "rename the block")

    @staticmethod
    def left_out_inside(inner: str, block: str) -> Words:
        return Words(
            f"{inner} inside {block} is left out, since nothing reads its output",
            "unpack the block and connect it",
        )

    @staticmethod
    def more_left_out_inside(number: int) -> Words:
        return Words(f"so are {number:,} more blocks inside", "unpack the block and connect it")

    @staticmethod
    def misfit_in_use(
        trained: Sequence[Shape],
        used: Sequence[Shape],
        cropped_by: Sequence[str],
        size: tuple[int, int],
        behind: Node,
        layer: str,
    ) -> Words:
        return Words(
            f"received {_all(trained)} in training, but {_all(used)} in validation and in use: "
            f"{' or '.join(cropped_by)} crops in training only",
            _crop_words(size, behind, layer),
        )

    @staticmethod
    def other_output_in_use(
        trained: Shape,
        used: Shape,
        cropped_by: Sequence[str],
        size: tuple[int, int],
        behind: Node,
        layer: str,
    ) -> Words:
        return Words(
            f"gives {format_shape(trained)} in training, but {format_shape(used)} in validation "
            f"and in use: {' or '.join(cropped_by)} crops in training only",
            _crop_words(size, behind, layer),
        )


def _all(shapes: Sequence[Shape]) -> str:
    return " and ".join(format_shape(shape) for shape in shapes)


def _crop_words(size: tuple[int, int], behind: Node, layer: str) -> str:
    """Where a CenterCrop belongs; behind a layer inside of a node where there is one."""
    place = f"the {layer} in {behind.label}" if layer else behind.label
    return f"put CenterCrop({size[0]}, {size[1]}) behind {place}"
