"""The catalogue: every block by name, in the order of the palette."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import builder.blocks.modules  # registers the built-in modules
from builder.blocks.base import Block, Category
from builder.blocks.layers import LAYERS
from builder.blocks.module import registered_modules
from builder.system.errors import ParameterError, shown

assert builder.blocks.modules

CATEGORY_LABELS: Mapping[Category, str] = MappingProxyType(
    {
        Category.IO: "Input",
        Category.CONVOLUTION: "Convolution",
        Category.POOLING: "Pooling",
        Category.NORMALIZATION: "Normalization",
        Category.ACTIVATION: "Activation",
        Category.REGULARIZATION: "Regularization and augmentation",
        Category.DENSE: "Dense and reshaping",
        Category.MERGE: "Merge",
        Category.MODULE: "Modules",
    }
)


@cache
def catalogue() -> Mapping[str, type[Block]]:
    """Every block by its name: layers and modules, by category."""
    blocks: dict[str, type[Block]] = {**LAYERS, **registered_modules()}
    order = list(Category)
    names = sorted(blocks, key=lambda name: (order.index(blocks[name].category), name))
    return MappingProxyType({name: blocks[name] for name in names})


def block_type(name: str) -> type[Block]:
    """Looks up a block by its name.

    Raises:
        ParameterError: The catalogue has no such block.
    """
    try:
        return catalogue()[name]
    except KeyError:
        raise ParameterError(f"the catalogue has no block {shown(name)}") from None
