"""The names that an exported script uses itself, so that nothing of a person's may take them."""

import builtins
from functools import cache

from builder.blocks.catalogue import catalogue

_OWN = """
    Batches Selection adapt_normalization build_model compile_model functools history images
    initializers inputs keras
    labels layers load_data main make_callbacks model new np optimizer order order_of_images os
    outputs previous regularizers resize rng schedule shutil split spread sys train training
    validation x
"""


@cache
def script_names() -> frozenset[str]:
    """What a script defines, imports, calls or assigns: functions, modules, built-in names.

    Constants are written in capitals, parameters of blocks are left to `parameter_names`.
    """
    return frozenset({*dir(builtins), *_OWN.split(), *catalogue()})


@cache
def parameter_names() -> frozenset[str]:
    """The names of all parameters of the catalogue, which loops use for their variables."""
    return frozenset(p.name for block in catalogue().values() for p in block.parameters())
