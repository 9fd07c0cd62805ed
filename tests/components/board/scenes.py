"""The networks that the test page begins with."""

from collections.abc import Callable

from builder.gallery.template import block
from builder.network.architecture import Architecture, Node


def _chain(length: int = 4) -> Architecture:
    """An Input, and convolutions that each read the one above."""
    ids = ["input_1", *(f"conv_{n}" for n in range(1, length))]
    blocks = [block("Input", shape=(32, 32, 3))]
    blocks += [block("Conv2D", 8 * n, padding="same") for n in range(1, length)]
    inputs = [(), *((above,) for above in ids)]
    nodes = [Node(*each) for each in zip(ids, blocks, inputs, strict=False)]
    return Architecture("chain", tuple(nodes))


def _residual() -> Architecture:
    """A residual block of single layers with a projection, a module, and one that does not fit."""
    conv = block("Conv2D", 64, padding="same")
    nodes = (
        Node("input_1", block("Input", shape=(32, 32, 3))),
        Node("conv2d_1", block("Conv2D", 32, padding="same"), ("input_1",), name="stem"),
        Node("batch_normalization_1", block("BatchNormalization"), ("conv2d_1",)),
        Node("re_lu_1", block("ReLU"), ("batch_normalization_1",)),
        Node("conv2d_2", conv, ("re_lu_1",)),
        Node("batch_normalization_2", block("BatchNormalization"), ("conv2d_2",)),
        Node("se_1", block("squeeze_excitation"), ("batch_normalization_2",)),
        Node("projection", block("Conv2D", 64, 1), ("re_lu_1",)),
        Node("add_1", block("Add"), ("se_1", "projection")),
        Node("residual_1", block("residual_block", 128, pooling=True), ("add_1",), repeat=3),
        Node("concatenate_1", block("Concatenate"), ("residual_1", "re_lu_1")),
        Node("max_pooling2d_1", block("MaxPooling2D", 40), ("residual_1",), name="late_pool"),
        Node("global_average_pooling2d_1", block("GlobalAveragePooling2D"), ("max_pooling2d_1",)),
        Node("dense_1", block("Dense", 10), ("global_average_pooling2d_1",), name="classifier"),
    )
    return Architecture("residual", nodes)


SCENES: dict[str, Callable[[], Architecture]] = {
    "empty": Architecture,
    "chain": _chain,
    "long": lambda: _chain(60),
    "residual": _residual,
}
