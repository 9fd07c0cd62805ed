"""A network that is trained on the digits in no time, where which one it is plays no part."""

from builder.gallery.template import block, stack

TINY = stack(
    "Tiny digits",
    block("Input", shape=(8, 8, 1)),
    block("Rescaling"),
    block("Conv2D", filters=2, kernel_size=3, strides=2),
    block("Dropout", rate=0.5),
    block("Flatten"),
    block("Dense", units=10, activation="softmax"),
)
