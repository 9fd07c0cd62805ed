"""The names that an exported script uses itself, so that a person's names may not be the same.

`codegen/names.py` chooses the names of a script and avoids those that a person gave; the names
listed here are refused when they are typed.
"""

import builtins
import keyword
from functools import cache

from builder.blocks.catalogue import catalogue

_GLOBAL = """
    Batches Selection adapt_normalization build_model compile_model functools initializers keras
    layers load_data main make_callbacks np order_of_images os regularizers resize shutil split
    spread sys train
"""
_LOCAL = """
    history images inputs labels model new optimizer order outputs previous rng schedule training
    validation x
"""
_LATER = frozenset("batches prepare to_gray".split())
"""Functions that scripts of version 0.1 did not have. No function of a block may have their names;
parameters of blocks that were saved then may, since such a function calls none of them."""
NOTEBOOK_NAMES = frozenset("data history images labels model name plt show value".split())
"""What the cells of a notebook define; there, what a script has in functions stands at the top."""


@cache
def global_names() -> frozenset[str]:
    """What functions of a script may read without defining it: functions, modules, built-ins."""
    return frozenset({*dir(builtins), *_GLOBAL.split(), *catalogue()})


@cache
def script_names() -> frozenset[str]:
    """What a script defines, imports, calls or assigns: functions, modules, built-in names.

    Constants are written in capitals, parameters of blocks are left to `parameter_names`.
    """
    return global_names() | {*_LOCAL.split()} | _LATER


@cache
def parameter_names() -> frozenset[str]:
    """The names of all parameters of the catalogue, which loops use for their variables."""
    return frozenset(p.name for block in catalogue().values() for p in block.parameters())


def means_something(name: str) -> bool:
    """Whether a name means something to Python or to a script; capitals are its constants."""
    return hides_something(name) or name in _LATER


def hides_something(name: str) -> bool:
    """Whether a parameter of this name might hide what a block's function reads."""
    if keyword.iskeyword(name) or name in script_names() - _LATER:
        return True
    return name.isupper() or len(name) == 1
