"""nasnet_mobile: 5,326,716 parameters, 563,638,816 MACs.

Input 224×224×3, output 1000. Exported from Convstack; runs under Keras 3.
"""

import sys

import keras
import numpy as np
from keras import layers

NAME = "nasnet_mobile"
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

# Keras walks the network by recursion, one level or more for each layer.
sys.setrecursionlimit(20_000)


def nasnet_adjust(previous, x, filters):
    """Fits the output of the cell before the last to that of the last: size, then channels.

    Where the size differs, two paths take every second pixel, one shifted by a pixel, so that none
    is lost. Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition",
    CVPR 2018.
    """

    def conv(x, filters):
        return layers.Conv2D(
            filters, 1, padding="same", use_bias=False, kernel_initializer="he_normal"
        )(x)

    if previous.shape[-2] != x.shape[-2]:
        previous = layers.Activation("relu")(previous)
        even = layers.AveragePooling2D(1, strides=2)(previous)
        even = conv(even, filters // 2)
        odd = layers.ZeroPadding2D(((0, 1), (0, 1)))(previous)
        odd = layers.Cropping2D(((1, 0), (1, 0)))(odd)
        odd = layers.AveragePooling2D(1, strides=2)(odd)
        odd = conv(odd, filters // 2)
        previous = layers.Concatenate()([even, odd])
        return layers.BatchNormalization(momentum=0.9997, epsilon=1e-3)(previous)
    if previous.shape[-1] != filters:
        previous = layers.Activation("relu")(previous)
        previous = conv(previous, filters)
        return layers.BatchNormalization(momentum=0.9997, epsilon=1e-3)(previous)
    return previous


def strided_padding(x, kernel_size):
    """Pads with zeros so that a window with stride 2 and padding 'valid' halves the image.

    An even size gets one pixel less at the top and on the left. MobileNetV2, EfficientNet and
    NASNet of `keras.applications` pad so, where padding 'same' would give other values.
    """
    margin = kernel_size // 2
    top, left = margin - 1 + x.shape[1] % 2, margin - 1 + x.shape[2] % 2
    return layers.ZeroPadding2D(((top, margin), (left, margin)))(x)


def nasnet_separable_block(x, filters, kernel_size=3, strides=1):
    """ReLU, separable convolution, BatchNormalization, twice: one operation of a NASNet cell.

    Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", CVPR 2018.
    """

    def separable(x, strides, padding):
        x = layers.SeparableConv2D(
            filters, kernel_size, strides=strides, padding=padding, use_bias=False
        )(x)
        return layers.BatchNormalization(momentum=0.9997, epsilon=1e-3)(x)

    x = layers.Activation("relu")(x)
    if strides == 2:
        x = strided_padding(x, kernel_size)
        x = separable(x, 2, "valid")
    else:
        x = separable(x, strides, "same")
    x = layers.Activation("relu")(x)
    return separable(x, 1, "same")


def nasnet_reduction_cell(x, previous, filters, adjust=True):
    """Reads the two outputs before it and halves height and width: NASNet-A's reduction cell.

    Gives four times `filters` channels. Zoph et al., "Learning Transferable Architectures for
    Scalable Image Recognition", CVPR 2018.
    """
    if adjust:
        previous = nasnet_adjust(previous, x, filters)
    h = layers.Activation("relu")(x)
    h = layers.Conv2D(filters, 1, padding="same", use_bias=False, kernel_initializer="he_normal")(h)
    h = layers.BatchNormalization(momentum=0.9997, epsilon=1e-3)(h)
    padded = strided_padding(h, 3)

    left = nasnet_separable_block(h, filters, 5, 2)
    right = nasnet_separable_block(previous, filters, 7, 2)
    x1 = layers.Add()([left, right])
    left = layers.MaxPooling2D(3, strides=2)(padded)
    right = nasnet_separable_block(previous, filters, 7, 2)
    x2 = layers.Add()([left, right])
    left = layers.AveragePooling2D(3, strides=2)(padded)
    right = nasnet_separable_block(previous, filters, 5, 2)
    x3 = layers.Add()([left, right])
    right = layers.AveragePooling2D(3, strides=1, padding="same")(x1)
    x4 = layers.Add()([x2, right])
    left = nasnet_separable_block(x1, filters, 3)
    right = layers.MaxPooling2D(3, strides=2)(padded)
    x5 = layers.Add()([left, right])
    return layers.Concatenate()([x2, x3, x4, x5])


def nasnet_normal_cell(x, previous, filters, adjust=True):
    """Reads the two outputs before it and keeps height and width: NASNet-A's normal cell.

    Its wiring was found by a search on small images and carried over to large ones. Gives six
    times `filters` channels. Zoph et al., "Learning Transferable Architectures for Scalable Image
    Recognition", CVPR 2018.
    """
    if adjust:
        previous = nasnet_adjust(previous, x, filters)
    h = layers.Activation("relu")(x)
    h = layers.Conv2D(filters, 1, padding="same", use_bias=False, kernel_initializer="he_normal")(h)
    h = layers.BatchNormalization(momentum=0.9997, epsilon=1e-3)(h)

    left = nasnet_separable_block(h, filters, 5)
    right = nasnet_separable_block(previous, filters, 3)
    x1 = layers.Add()([left, right])
    left = nasnet_separable_block(previous, filters, 5)
    right = nasnet_separable_block(previous, filters, 3)
    x2 = layers.Add()([left, right])
    left = layers.AveragePooling2D(3, strides=1, padding="same")(h)
    x3 = layers.Add()([left, previous])
    left = layers.AveragePooling2D(3, strides=1, padding="same")(previous)
    right = layers.AveragePooling2D(3, strides=1, padding="same")(previous)
    x4 = layers.Add()([left, right])
    left = nasnet_separable_block(h, filters, 3)
    x5 = layers.Add()([left, h])
    return layers.Concatenate()([previous, x1, x2, x3, x4, x5])


def build_model():
    inputs = keras.Input(shape=(224, 224, 3))
    x = layers.Conv2D(32, 3, strides=2, use_bias=False, kernel_initializer="he_normal")(inputs)
    batch_normalization_1 = layers.BatchNormalization(momentum=0.9997)(x)
    stem_1 = nasnet_reduction_cell(batch_normalization_1, batch_normalization_1, 11, adjust=False)
    stem_2 = nasnet_reduction_cell(stem_1, batch_normalization_1, 22)
    x, previous = stem_2, stem_1
    for _ in range(4):
        x, previous = nasnet_normal_cell(x, previous, 44), x
    reduction_1 = nasnet_reduction_cell(x, previous, 88)
    x, previous = reduction_1, x
    for _ in range(4):
        x, previous = nasnet_normal_cell(x, previous, 88), x
    reduction_2 = nasnet_reduction_cell(x, previous, 176)
    x, previous = reduction_2, x
    for _ in range(4):
        x, previous = nasnet_normal_cell(x, previous, 176), x
    x = layers.Activation("relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(1000, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="nasnet_mobile")


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
