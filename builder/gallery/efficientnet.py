"""EfficientNet: one network found by search, and seven scaled from it."""

from functools import partial

from builder.blocks.initializers import VarianceScaling
from builder.gallery.template import Template, block, stack
from builder.network.architecture import Architecture
from builder.network.edits import rename_architecture, set_parameters
from builder.transforms.scaling import PUBLISHED, round_size, scale

SIZE = 224

FAN_OUT = VarianceScaling(2.0, "fan_out")
FAN_OUT_UNIFORM = VarianceScaling(1 / 3, "fan_out", "uniform")
"""How the authors start their weights."""

_STAGES = (
    (16, 1, 3, 1, 1),
    (24, 2, 3, 2, 6),
    (40, 2, 5, 2, 6),
    (80, 3, 3, 2, 6),
    (112, 3, 5, 1, 6),
    (192, 4, 5, 2, 6),
    (320, 1, 3, 1, 6),
)
"""The paper's table 1: filters, blocks, window, stride of the first block, expansion."""


def efficientnet_b0() -> Architecture:
    """Seven stages of MBConv blocks between two ordinary convolutions."""
    total = sum(num_blocks for _, num_blocks, *_ in _STAGES)
    stages = [
        block(
            "mbconv_stage",
            filters,
            num_blocks=num_blocks,
            kernel_size=kernel_size,
            strides=strides,
            expansion=expansion,
            drop_rate=0.2,
            first_block=sum(number for _, number, *_ in _STAGES[:position]),
            total_blocks=total,
        )
        for position, (filters, num_blocks, kernel_size, strides, expansion) in enumerate(_STAGES)
    ]
    return stack(
        "efficientnet_b0",
        block("Input", shape=(SIZE, SIZE, 3)),
        block("Rescaling", 1 / 255),
        block("Normalization"),
        block("strided_padding", 3),
        block("Conv2D", 32, 3, strides=2, use_bias=False, kernel_initializer=FAN_OUT),
        block("BatchNormalization"),
        block("Activation", "silu"),
        *stages,
        block("Conv2D", 1280, 1, padding="same", use_bias=False, kernel_initializer=FAN_OUT),
        block("BatchNormalization"),
        block("Activation", "silu"),
        block("GlobalAveragePooling2D"),
        block("Dropout", 0.2),
        block("Dense", 1000, activation="softmax", kernel_initializer=FAN_OUT_UNIFORM),
    )


def scaled(number: int, dropout: float) -> Architecture:
    """EfficientNet-B0, scaled by the authors' factors and with their rate of dropout."""
    factors = PUBLISHED[f"EfficientNet-B{number}"]
    architecture = scale(efficientnet_b0(), factors.scaling)
    head = next(node.id for node in architecture if node.block.type_name() == "Dropout")
    architecture = set_parameters(architecture, head, {"rate": dropout})
    return rename_architecture(architecture, f"efficientnet_b{number}")


def _lesson(number: int) -> str:
    factors = PUBLISHED[f"EfficientNet-B{number}"].scaling
    size = round_size(SIZE, factors.resolution)
    return (
        f"B0 made {factors.width:g} times as wide and {factors.depth:g} times as deep, for "
        f"{size}×{size} images: the three grow together."
    )


REFERENCE = "Tan and Le, EfficientNet: Rethinking Model Scaling, ICML 2019"

_SCALED = (
    (1, 0.2, 7_856_239),
    (2, 0.3, 9_177_569),
    (3, 0.3, 12_320_535),
    (4, 0.4, 19_466_823),
    (5, 0.4, 30_562_527),
    (6, 0.5, 43_265_143),
    (7, 0.5, 66_658_687),
)
"""The authors' rate of dropout, and the figure."""

TEMPLATES = (
    Template(
        "efficientnet_b0",
        "EfficientNet-B0",
        "The small network, found by search, from which the other seven are scaled.",
        REFERENCE,
        5_330_571,
        efficientnet_b0,
    ),
    *(
        Template(
            f"efficientnet_b{number}",
            f"EfficientNet-B{number}",
            _lesson(number),
            REFERENCE,
            total_params,
            partial(scaled, number, dropout),
        )
        for number, dropout, total_params in _SCALED
    ),
)
