"""Private layers of `keras.applications`, as blocks that compute the same."""

from builder.importers.pieces import CannotMapError, Mapped, Piece, Shapes, made
from builder.importers.reasons import Reason
from builder.importers.unfolding import Call
from builder.importers.values import plain


def layer_scale(call: Call, shapes: Shapes) -> Mapped:
    """One learned factor for each channel: a depthwise 1×1 convolution does the same."""
    value = plain("init_values", call.config.get("init_values"))
    channels = call.config.get("projection_dim")
    shape = shapes[0] if shapes else None
    if shape is None or len(shape) != 3 or shape[-1] != channels:
        raise CannotMapError(Reason.SCALES_NO_CHANNELS)
    return Mapped((Piece(made("layer_scale", initial_value=value), (-1,)),))


def stochastic_depth(call: Call, shapes: Shapes) -> Mapped:
    """Drops whole examples: a dropout with one mask for all values of an example."""
    rate = plain("drop_path_rate", call.config.get("drop_path_rate"))
    axes = len(shapes[0] or (1, 1, 1)) if shapes else 3
    mask = (None, *[1] * axes)
    return Mapped((Piece(made("Dropout", rate=rate, noise_shape=mask), (-1,)),))


def scaled_sum(call: Call, shapes: Shapes) -> Mapped:
    """The first input plus the second one times a factor, in Inception-ResNet."""
    scale = plain("scale", call.config.get("scale"))
    scaled = Piece(made("Rescaling", scale=scale), (-2,))
    return Mapped((scaled, Piece(made("Add"), (-1, 0))))
