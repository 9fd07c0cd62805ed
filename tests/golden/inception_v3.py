"""inception_v3: 23,851,784 parameters, 5,713,216,096 MACs.

Input 299×299×3, output 1000. Exported from Convstack; runs under Keras 3.
"""

import sys

import keras
import numpy as np
from keras import layers

NAME = "inception_v3"
INPUT_SHAPE = (299, 299, 3)
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


def conv_bn_relu(x, filters, kernel_size=3, strides=1, padding="same", scale=True):
    """Convolution without bias, BatchNormalization, ReLU: the usual order of the three.

    Ioffe and Szegedy, "Batch Normalization", ICML 2015: the normalization removes the mean, so a
    bias in front of it would do nothing.
    """
    x = layers.Conv2D(filters, kernel_size, strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization(scale=scale)(x)
    return layers.Activation("relu")(x)


def inception_a(x, filters_pool):
    """1×1, 5×5, two 3×3 and a pooling side by side: two 3×3 see as far as a second 5×5 would.

    Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016,
    figure 5.
    """
    branch_1x1 = conv_bn_relu(x, 64, 1, scale=False)
    branch_5x5 = conv_bn_relu(x, 48, 1, scale=False)
    branch_5x5 = conv_bn_relu(branch_5x5, 64, 5, scale=False)
    branch_3x3 = conv_bn_relu(x, 64, 1, scale=False)
    branch_3x3 = conv_bn_relu(branch_3x3, 96, 3, scale=False)
    branch_3x3 = conv_bn_relu(branch_3x3, 96, 3, scale=False)
    branch_pool = layers.AveragePooling2D(3, strides=1, padding="same")(x)
    branch_pool = conv_bn_relu(branch_pool, filters_pool, 1, scale=False)
    return layers.Concatenate()([branch_1x1, branch_5x5, branch_3x3, branch_pool])


def inception_b(x, filters):
    """Halves height and width by two strided branches and a pooling side by side.

    No feature is lost on the way, as it would be by pooling alone. Szegedy et al., "Rethinking the
    Inception Architecture for Computer Vision", CVPR 2016, figure 10.
    """
    branch_3x3 = conv_bn_relu(x, filters, 3, strides=2, padding="valid", scale=False)
    branch_deep = conv_bn_relu(x, 64, 1, scale=False)
    branch_deep = conv_bn_relu(branch_deep, 96, 3, scale=False)
    branch_deep = conv_bn_relu(branch_deep, 96, 3, strides=2, padding="valid", scale=False)
    branch_pool = layers.MaxPooling2D(3, strides=2)(x)
    return layers.Concatenate()([branch_3x3, branch_deep, branch_pool])


def inception_c(x, filters):
    """Splits each 7×7 window into a 1×7 and a 7×1: the same view for 2/7 of the weights.

    Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016,
    figure 6.
    """
    branch_1x1 = conv_bn_relu(x, 192, 1, scale=False)
    branch_7x7 = conv_bn_relu(x, filters, 1, scale=False)
    branch_7x7 = conv_bn_relu(branch_7x7, filters, (1, 7), scale=False)
    branch_7x7 = conv_bn_relu(branch_7x7, 192, (7, 1), scale=False)
    branch_deep = conv_bn_relu(x, filters, 1, scale=False)
    for kernel_size in ((7, 1), (1, 7), (7, 1)):
        branch_deep = conv_bn_relu(branch_deep, filters, kernel_size, scale=False)
    branch_deep = conv_bn_relu(branch_deep, 192, (1, 7), scale=False)
    branch_pool = layers.AveragePooling2D(3, strides=1, padding="same")(x)
    branch_pool = conv_bn_relu(branch_pool, 192, 1, scale=False)
    return layers.Concatenate()([branch_1x1, branch_7x7, branch_deep, branch_pool])


def inception_d(x, filters):
    """Halves height and width again, with a 7×7 split in two before one of the strides.

    Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016.
    """
    branch_3x3 = conv_bn_relu(x, filters, 1, scale=False)
    branch_3x3 = conv_bn_relu(branch_3x3, 320, 3, strides=2, padding="valid", scale=False)
    branch_7x7 = conv_bn_relu(x, filters, 1, scale=False)
    branch_7x7 = conv_bn_relu(branch_7x7, filters, (1, 7), scale=False)
    branch_7x7 = conv_bn_relu(branch_7x7, filters, (7, 1), scale=False)
    branch_7x7 = conv_bn_relu(branch_7x7, filters, 3, strides=2, padding="valid", scale=False)
    branch_pool = layers.MaxPooling2D(3, strides=2)(x)
    return layers.Concatenate()([branch_3x3, branch_7x7, branch_pool])


def inception_e(x, filters):
    """Lays the halves of each split window side by side: many channels on a small image.

    Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016,
    figure 7.
    """

    def halves(x):
        wide = conv_bn_relu(x, filters, (1, 3), scale=False)
        high = conv_bn_relu(x, filters, (3, 1), scale=False)
        return layers.Concatenate()([wide, high])

    branch_1x1 = conv_bn_relu(x, 320, 1, scale=False)
    branch_3x3 = conv_bn_relu(x, filters, 1, scale=False)
    branch_3x3 = halves(branch_3x3)
    branch_deep = conv_bn_relu(x, 448, 1, scale=False)
    branch_deep = conv_bn_relu(branch_deep, filters, 3, scale=False)
    branch_deep = halves(branch_deep)
    branch_pool = layers.AveragePooling2D(3, strides=1, padding="same")(x)
    branch_pool = conv_bn_relu(branch_pool, 192, 1, scale=False)
    return layers.Concatenate()([branch_1x1, branch_3x3, branch_deep, branch_pool])


def build_model():
    inputs = keras.Input(shape=(299, 299, 3))
    x = inputs
    for filters, strides, padding in [(32, 2, "valid"), (32, 1, "valid"), (64, 1, "same")]:
        x = conv_bn_relu(x, filters, strides=strides, padding=padding, scale=False)
    x = layers.MaxPooling2D(3, strides=2)(x)
    for filters, kernel_size in [(80, 1), (192, 3)]:
        x = conv_bn_relu(x, filters, kernel_size=kernel_size, padding="valid", scale=False)
    x = layers.MaxPooling2D(3, strides=2)(x)
    # mixed0
    x = inception_a(x, 32)
    # mixed1
    x = inception_a(x, 64)
    # mixed2
    x = inception_a(x, 64)
    # mixed3
    x = inception_b(x, 384)
    # mixed4
    x = inception_c(x, 128)
    # mixed5
    x = inception_c(x, 160)
    # mixed6
    x = inception_c(x, 160)
    # mixed7
    x = inception_c(x, 192)
    # mixed8
    x = inception_d(x, 192)
    # mixed9
    x = inception_e(x, 384)
    # mixed10
    x = inception_e(x, 384)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(1000, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="inception_v3")


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
