"""NASNet-A: a chain of two kinds of cell, each reading the two outputs before it."""

from functools import partial

from builder.gallery.template import Drawing, Template, block
from builder.network.architecture import Architecture


def nasnet(
    name: str, size: int, stem_filters: int, filters: int, num_cells: int, *, skips_reduction: bool
) -> Architecture:
    """Two reduction cells as the stem, then three stages of normal cells.

    Args:
        name: The architecture's name.
        size: Height and width of the input, in pixels.
        stem_filters: Channels of the first convolution.
        filters: Channels of each operation in the first stage; each further stage doubles them.
        num_cells: Normal cells in a stage.
        skips_reduction: Whether a stage's first cell reads, beside the reduction cell, the output
            of the cell that came two before it instead of one.
    """
    drawing = Drawing(name)
    drawing.place(block("Input", shape=(size, size, 3)))
    drawing.place(
        block(
            "Conv2D",
            stem_filters,
            3,
            strides=2,
            use_bias=False,
            kernel_initializer="he_normal",
        )
    )
    x = drawing.place(block("BatchNormalization", momentum=0.9997))
    stem = block("nasnet_reduction_cell", filters // 4, adjust=False)
    x, previous = drawing.place(stem, x, x, name="stem_1"), x
    stem = block("nasnet_reduction_cell", filters // 2)
    x, previous = drawing.place(stem, x, previous, name="stem_2"), x
    for stage in range(3):
        width = filters * 2**stage
        if stage:
            reduction = block("nasnet_reduction_cell", width)
            reduced = drawing.place(reduction, x, previous, name=f"reduction_{stage}")
            x, previous = reduced, previous if skips_reduction else x
        for _ in range(num_cells):
            x, previous = drawing.place(block("nasnet_normal_cell", width), x, previous), x
    drawing.place(block("Activation", "relu"))
    drawing.place(block("GlobalAveragePooling2D"))
    drawing.place(block("Dense", 1000, activation="softmax"))
    return drawing.architecture


REFERENCE = "Zoph et al., Learning Transferable Architectures for Scalable Recognition, CVPR 2018"

TEMPLATES = (
    Template(
        "nasnet_mobile",
        "NASNet-A Mobile",
        "A cell found by search on small images, stacked to a network for large ones.",
        REFERENCE,
        5_326_716,
        partial(nasnet, "nasnet_mobile", 224, 32, 44, 4, skips_reduction=False),
        variant="NASNet-A (4 @ 1056), without the auxiliary classifier.",
    ),
    Template(
        "nasnet_large",
        "NASNet-A Large",
        "The same cells, wider and more of them: search once, scale afterwards.",
        REFERENCE,
        88_949_818,
        partial(nasnet, "nasnet_large", 331, 96, 168, 6, skips_reduction=True),
        variant="NASNet-A (6 @ 4032), without the auxiliary classifier.",
    ),
)
