from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor


@module
def tanh_gelu(x: Tensor) -> Tensor:
    """GELU by its approximation with tanh: what `keras.ops.gelu` computes by default.

    `Activation("gelu")` is the exact function. Written as x · sigmoid(1.5958 · (x + 0.0447 · x³)),
    which is the same as with tanh. Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
    """
    cubed = layers.Rescaling(0.044715)(layers.Multiply()([x, x, x]))
    inner = layers.Rescaling(1.5957691216057308)(layers.Add()([x, cubed]))
    gate = layers.Activation("sigmoid")(inner)
    return layers.Multiply()([x, gate])
