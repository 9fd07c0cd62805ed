"""efficientnet_b0: 5,330,571 parameters, 385,814,752 MACs.

Input 224×224×3, output 1000. Exported from Convstack; runs under Keras 3.
"""

import keras
import numpy as np
from keras import initializers, layers

NAME = "efficientnet_b0"
INPUT_SHAPE = (224, 224, 3)
NUM_IMAGES = 64
NUM_CLASSES = 1000
VALIDATION_SHARE = 0.2
SEED = 0
EPOCHS = 10
BATCH_SIZE = 32
OPTIMIZER = keras.optimizers.Adam
LEARNING_RATE = 0.001
LOSS = "sparse_categorical_crossentropy"


def strided_padding(x, kernel_size):
    """Pads with zeros so that a window with stride 2 and padding 'valid' halves the image.

    An even size gets one pixel less at the top and on the left. MobileNetV2, EfficientNet and
    NASNet of `keras.applications` pad so, where padding 'same' would give other values.
    """
    margin = kernel_size // 2
    top, left = margin - 1 + x.shape[1] % 2, margin - 1 + x.shape[2] % 2
    return layers.ZeroPadding2D(((top, margin), (left, margin)))(x)


def mbconv_block(x, filters, kernel_size=3, strides=1, expansion=6, se_ratio=0.25, drop_rate=0.0):
    """Expands, filters each channel, squeezes and excites, projects: the block of EfficientNet.

    Where the shape stays, the input is added, and in training the block is left out at random
    (stochastic depth). Tan and Le, "EfficientNet", ICML 2019.
    """

    def bn_silu(x):
        x = layers.BatchNormalization()(x)
        return layers.Activation("silu")(x)

    def conv(x, filters, activation=None):
        return layers.Conv2D(
            filters,
            1,
            padding="same",
            activation=activation,
            use_bias=activation is not None,  # BatchNormalization follows the others
            kernel_initializer=initializers.VarianceScaling(2.0, "fan_out"),
        )(x)

    shortcut = x
    channels = x.shape[-1]
    if expansion != 1:
        x = conv(x, channels * expansion)
        x = bn_silu(x)
    padding = "same"
    if strides == 2:
        x = strided_padding(x, kernel_size)
        padding = "valid"
    x = layers.DepthwiseConv2D(
        kernel_size,
        strides=strides,
        padding=padding,
        use_bias=False,
        depthwise_initializer=initializers.VarianceScaling(2.0, "fan_out"),
    )(x)
    x = bn_silu(x)
    if se_ratio:
        squeezed = max(1, int(channels * se_ratio))
        gate = layers.GlobalAveragePooling2D()(x)
        gate = layers.Reshape((1, 1, channels * expansion))(gate)
        gate = conv(gate, squeezed, "silu")
        gate = conv(gate, channels * expansion, "sigmoid")
        x = layers.Multiply()([x, gate])
    x = conv(x, filters)
    x = layers.BatchNormalization()(x)
    if strides == 1 and channels == filters:
        if drop_rate:
            x = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1))(x)
        x = layers.Add()([x, shortcut])
    return x


def mbconv_stage(
    x,
    filters,
    num_blocks=1,
    kernel_size=3,
    strides=1,
    expansion=6,
    se_ratio=0.25,
    drop_rate=0.0,
    first_block=0,
    total_blocks=1,
):
    """MBConv blocks in a row, of which the first changes size and channels.

    The rate of stochastic depth rises from block to block over the whole network. Tan and Le,
    "EfficientNet", ICML 2019.
    """
    for i in range(num_blocks):
        x = mbconv_block(
            x,
            filters,
            kernel_size=kernel_size,
            strides=strides if i == 0 else 1,
            expansion=expansion,
            se_ratio=se_ratio,
            drop_rate=drop_rate * (first_block + i) / total_blocks,
        )
    return x


def build_model():
    inputs = keras.Input(shape=(224, 224, 3))
    x = layers.Rescaling(1 / 255)(inputs)
    x = layers.Normalization()(x)
    x = strided_padding(x, 3)
    x = layers.Conv2D(
        32,
        3,
        strides=2,
        use_bias=False,
        kernel_initializer=initializers.VarianceScaling(
            scale=2.0, mode="fan_out", distribution="truncated_normal"
        ),
    )(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("silu")(x)
    x = mbconv_stage(x, 16, expansion=1, drop_rate=0.2, total_blocks=16)
    for filters, kernel_size, first_block in [(24, 3, 1), (40, 5, 3)]:
        x = mbconv_stage(
            x,
            filters,
            num_blocks=2,
            kernel_size=kernel_size,
            strides=2,
            drop_rate=0.2,
            first_block=first_block,
            total_blocks=16,
        )
    x = mbconv_stage(x, 80, num_blocks=3, strides=2, drop_rate=0.2, first_block=5, total_blocks=16)
    x = mbconv_stage(
        x, 112, num_blocks=3, kernel_size=5, drop_rate=0.2, first_block=8, total_blocks=16
    )
    x = mbconv_stage(
        x,
        192,
        num_blocks=4,
        kernel_size=5,
        strides=2,
        drop_rate=0.2,
        first_block=11,
        total_blocks=16,
    )
    x = mbconv_stage(x, 320, drop_rate=0.2, first_block=15, total_blocks=16)
    x = layers.Conv2D(
        1280,
        1,
        padding="same",
        use_bias=False,
        kernel_initializer=initializers.VarianceScaling(
            scale=2.0, mode="fan_out", distribution="truncated_normal"
        ),
    )(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("silu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    outputs = layers.Dense(
        1000,
        activation="softmax",
        kernel_initializer=initializers.VarianceScaling(
            scale=1 / 3, mode="fan_out", distribution="uniform"
        ),
    )(x)
    return keras.Model(inputs, outputs, name="efficientnet_b0")


def load_data():
    """Returns pairs of images (0 to 255) and labels: training, validation and any test set."""
    # Random images and labels: replace these two arrays with your own data.
    rng = np.random.default_rng(SEED)
    images = rng.integers(0, 256, size=(NUM_IMAGES, *INPUT_SHAPE), dtype="uint8")
    labels = rng.integers(0, NUM_CLASSES, size=NUM_IMAGES)
    return split(images, labels)


def split(images, labels):
    """Splits the images into training, validation and any test set; the seed decides."""
    training = np.random.default_rng(SEED).permutation(len(images))
    num_validation = int(np.ceil(len(images) * VALIDATION_SHARE))
    validation, training = np.split(training, [num_validation])
    return tuple((images[part], labels[part]) for part in (training, validation))


def adapt_normalization(model, images, chunk_size=64):
    """Adapts each Normalization layer to the mean and variance of its own input."""
    for layer in model.layers:  # each layer comes after its inputs
        is_open = isinstance(layer, layers.Normalization) and layer.input_mean is None
        if not is_open or layer.invert:
            continue
        before = keras.Model(model.input, layer.input)
        axes = range(len(layer.input.shape))
        over = tuple(axis for axis in axes if axis not in [kept % len(axes) for kept in layer.axis])
        count = total = squares = 0
        for start in range(0, len(images), chunk_size):  # in chunks, to save memory
            part = before(images[start : start + chunk_size], training=False)
            part = keras.ops.convert_to_numpy(part).astype("float64")
            count += np.prod([part.shape[axis] for axis in over])
            total += part.sum(axis=over, keepdims=True)
            squares += np.square(part).sum(axis=over, keepdims=True)
        mean = total / count
        deviation = np.sqrt(np.maximum(squares / count - np.square(mean), 0))
        # adapt() would sum in 16 bits: it gets two images with exactly this mean and deviation.
        layer.adapt(np.concatenate([mean - deviation, mean + deviation]))


def compile_model(model):
    """Compiles the model with its optimizer, loss and metric."""
    optimizer = OPTIMIZER(learning_rate=LEARNING_RATE)
    metrics = ["accuracy"]
    model.compile(optimizer=optimizer, loss=LOSS, metrics=metrics)


def batches(images, labels):
    """Yields the batches of all epochs; each epoch is shuffled anew."""
    for epoch in range(EPOCHS):
        order = np.random.default_rng([SEED, epoch]).permutation(len(images))
        for start in range(0, len(images), BATCH_SIZE):
            chosen = order[start : start + BATCH_SIZE]
            yield images[chosen], labels[chosen]


def train(model, data, callbacks=()):
    """Trains the model and returns Keras's history."""
    (x_train, y_train), validation_data = data[:2]
    return model.fit(
        batches(x_train, y_train),
        shuffle=False,  # the batches are shuffled already
        steps_per_epoch=int(np.ceil(len(x_train) / BATCH_SIZE)),
        epochs=EPOCHS,
        validation_data=validation_data,
        validation_batch_size=BATCH_SIZE,
        callbacks=list(callbacks),
    )


def main():
    """Trains a new model and saves it."""
    keras.utils.set_random_seed(SEED)
    data = load_data()
    model = build_model()
    adapt_normalization(model, data[0][0])
    compile_model(model)
    train(model, data)
    model.save(f"{NAME}.keras")


if __name__ == "__main__":
    main()
