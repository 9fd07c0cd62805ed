"""U-Net: down, up again, and a bridge at every level."""

from builder.gallery.template import Drawing, Template, block
from builder.network.architecture import Architecture


def unet() -> Architecture:
    """Five levels down and four up, without padding, for two classes at each pixel."""
    drawing = Drawing("unet")
    drawing.place(block("Input", shape=(572, 572, 1)))
    skips = [
        drawing.place(block("unet_encoder_step", 64, pooling=False), name="down_1"),
        drawing.place(block("unet_encoder_step", 128), name="down_2"),
        drawing.place(block("unet_encoder_step", 256), name="down_3"),
        drawing.place(block("unet_encoder_step", 512, dropout=0.5), name="down_4"),
    ]
    x = drawing.place(block("unet_encoder_step", 1024, dropout=0.5), name="bottom")
    for level in (4, 3, 2, 1):
        step = block("unet_decoder_step", 32 * 2**level)
        x = drawing.place(step, x, skips.pop(), name=f"up_{level}")
    drawing.place(block("Conv2D", 2, 1, activation="softmax"))
    return drawing.architecture


TEMPLATES = (
    Template(
        "unet",
        "U-Net",
        "Skip connections carry fine detail past the narrow middle: a class for every pixel.",
        "Ronneberger et al., U-Net: Convolutional Networks for Biomedical Images, MICCAI 2015",
        31_030_658,
        unet,
        variant="Convolutions without padding: 572×572 pixels in, 388×388 out.",
    ),
)
