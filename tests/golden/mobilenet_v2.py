"""mobilenet_v2: 3,538,984 parameters, 300,774,272 MACs.

Input 224×224×3, output 1000. Exported from Convstack; runs under Keras 3.
"""

import keras
import numpy as np
from keras import layers

NAME = "mobilenet_v2"
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


def inverted_residual_block(x, filters, strides=1, expansion=6):
    """Widens, filters each channel, narrows: the shortcut joins the narrow ends: MobileNetV2.

    The last convolution has no activation, since a ReLU on few channels would lose information.
    Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018.
    """

    def bn(x):
        return layers.BatchNormalization(momentum=0.999, epsilon=1e-3)(x)

    shortcut = x
    channels = x.shape[-1]
    if expansion != 1:
        x = layers.Conv2D(expansion * channels, 1, padding="same", use_bias=False)(x)
        x = bn(x)
        x = layers.ReLU(max_value=6.0)(x)
    padding = "same"
    if strides == 2:
        x = strided_padding(x, 3)
        padding = "valid"
    x = layers.DepthwiseConv2D(3, strides=strides, padding=padding, use_bias=False)(x)
    x = bn(x)
    x = layers.ReLU(max_value=6.0)(x)
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False)(x)
    x = bn(x)
    if strides == 1 and channels == filters:
        x = layers.Add()([shortcut, x])
    return x


def build_model():
    inputs = keras.Input(shape=(224, 224, 3))
    x = layers.Conv2D(32, 3, strides=2, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization(momentum=0.999)(x)
    x = layers.ReLU(max_value=6.0)(x)
    for filters, strides, expansion in [(16, 1, 1), (24, 2, 6), (24, 1, 6), (32, 2, 6)]:
        x = inverted_residual_block(x, filters, strides=strides, expansion=expansion)
    for _ in range(2):
        x = inverted_residual_block(x, 32)
    x = inverted_residual_block(x, 64, strides=2)
    for _ in range(3):
        x = inverted_residual_block(x, 64)
    x = inverted_residual_block(x, 96)
    for _ in range(2):
        x = inverted_residual_block(x, 96)
    x = inverted_residual_block(x, 160, strides=2)
    for _ in range(2):
        x = inverted_residual_block(x, 160)
    x = inverted_residual_block(x, 320)
    x = layers.Conv2D(1280, 1, use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.999)(x)
    x = layers.ReLU(max_value=6.0)(x)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(1000, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="mobilenet_v2")


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
    compile_model(model)
    train(model, data)
    model.save(f"{NAME}.keras")


if __name__ == "__main__":
    main()
