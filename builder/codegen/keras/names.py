"""Chooses all names in generated code.

Each generated function, and a script's top level, has one `Names`. In a function that reads
`layers` and `pair`, has a parameter `filters` and runs a loop over filters, a node named `layers`
gets the variable `layers_`, and the loop's variable is `filters_`: nothing that is read later is
ever overwritten.
"""

import symtable
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from functools import lru_cache

from builder.blocks.base import Block
from builder.blocks.module import registered_modules
from builder.codegen.keras.chains import CARRIED
from builder.codegen.keras.python_source import free_name, identifier
from builder.network.own_block import OwnBlock, definitions_in
from builder.network.own_block_type import own_block
from builder.network.script_names import NOTEBOOK_NAMES, global_names, script_names
from builder.system.errors import BuilderError

COUNTER = "i"
"""The variable of a loop that counts repetitions."""
CHAINED = "new"
"""The variable for a chain's block that does not fit on one line."""

FunctionNames = Mapping[type[Block], str]
"""The names of the functions of own blocks."""


class Names:
    """The names of one scope: a generated function, or a script's top level.

    Args:
        taken: Names that are never chosen.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {*taken}

    def fix(self, *names: str) -> None:
        """Reserves given names: those of parameters, which callers use too."""
        self._taken.update(names)

    def take(self, wanted: str, also_taken: Set[str] = frozenset()) -> str:
        """Returns the wanted name, with as many `_` appended as needed to be free.

        Args:
            wanted: Any text; a Python identifier is kept where it is free.
            also_taken: More names to avoid.
        """
        is_name = wanted.isascii() and wanted.isidentifier()
        name = free_name(wanted if is_name else identifier(wanted), self._taken | also_taken)
        self._taken.add(name)
        return name


def function_scope(functions: Iterable[str]) -> Names:
    """The names of a generated function that applies blocks.

    Args:
        functions: The names of the functions that it calls.
    """
    return Names({*CARRIED, COUNTER, CHAINED, "_", *global_names(), *functions})


def function_names(
    blocks: Iterable[type[Block]], taken: Set[str] = frozenset()
) -> dict[type[Block], str]:
    """Names the functions of own blocks, including those inside them; modules keep theirs.

    Args:
        blocks: The blocks in use.
        taken: The other names at the script's top level.

    Raises:
        BuilderError: Two different own blocks have the same name.
    """
    own = _own_blocks(blocks)
    labels = Counter(block.type_name() for block in own)
    for label, number in labels.items():
        if number > 1:
            raise BuilderError(f"two different blocks are named {label}", "unpack one of them")
    reserved = {*script_names(), *NOTEBOOK_NAMES, *registered_modules(), *taken}
    names = Names(reserved)
    # A parameter of the same name would hide the function where it is called.
    parameters = {exposed.name for block in own for exposed in block.definition.parameters}
    result: dict[type[Block], str] = {}
    for block in sorted(own, key=lambda block: _changes(block.type_name(), reserved)):
        label = block.type_name()
        result[block] = names.take(label, parameters - {label})
    return result


def _changes(label: str, reserved: Set[str]) -> bool:
    return free_name(label, reserved) != label


def function_name(block: type[Block], names: FunctionNames) -> str:
    """The name of a module's function."""
    return names.get(block, block.type_name())


@lru_cache(maxsize=32)
def top_level_names(source: str) -> frozenset[str]:
    """The names that a script's text defines or reads at its top level."""
    top = symtable.symtable(source, "<script>", "exec")
    found = {*top.get_identifiers()}
    waiting = [*top.get_children()]
    while waiting:
        table = waiting.pop()
        found |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        waiting += table.get_children()
    return frozenset(found)


def _own_blocks(blocks: Iterable[type[Block]]) -> tuple[type[OwnBlock], ...]:
    """The own blocks among some and inside them, each after those inside it."""
    found: dict[type[OwnBlock], None] = {}
    for block in blocks:
        if issubclass(block, OwnBlock):
            inner = definitions_in(block.definition.nodes)
            found |= dict.fromkeys([*map(own_block, inner), block])
    return tuple(found)
