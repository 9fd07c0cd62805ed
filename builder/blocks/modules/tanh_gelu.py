from builder.blocks import layers
from builder.blocks.module import module
from builder.blocks.symbolic import Tensor


@module
def tanh_gelu(x: Tensor) -> Tensor:
    """GELU by its approximation with tanh: what `keras.ops.gelu` computes by default.

    `Activation("gelu")` is the exact function. Written as x · sigmoid(1.5958 · (x + 0.0447 · x³)),
    which is the same as with tanh. Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
    """
    gate = layers.Multiply()([x, x, x])
    gate = layers.Rescaling(0.044715)(gate)
    gate = layers.Add()([x, gate])
    gate = layers.Rescaling(1.5957691216057308)(gate)
    gate = layers.Activation("sigmoid")(gate)
    return layers.Multiply()([x, gate])
