"""xception: 22,910,480 parameters, 8,357,403,496 MACs.

Input 299×299×3, output 1000. Exported from Convstack; runs under Keras 3.
"""

import keras
import numpy as np
from keras import layers

NAME = "xception"
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


def conv_bn_relu(x, filters, kernel_size=3, strides=1, padding="same", scale=True):
    """Convolution without bias, BatchNormalization, ReLU: the usual order of the three.

    Ioffe and Szegedy, "Batch Normalization", ICML 2015: the normalization removes the mean, so a
    bias in front of it would do nothing.
    """
    x = layers.Conv2D(filters, kernel_size, strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization(scale=scale)(x)
    return layers.Activation("relu")(x)


def xception_reduction_block(x, filters, first_filters=None, activates=True):
    """Two separable convolutions and a pooling, added to a normalized 1×1 projection.

    The entry and exit flow of Xception. Chollet, "Xception: Deep Learning with Depthwise
    Separable Convolutions", CVPR 2017.
    """
    shortcut = layers.Conv2D(filters, 1, strides=2, padding="same", use_bias=False)(x)
    shortcut = layers.BatchNormalization()(shortcut)
    if activates:
        x = layers.Activation("relu")(x)
    x = layers.SeparableConv2D(first_filters or filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    return layers.Add()([x, shortcut])


def xception_middle_block(x, filters):
    """Three separable convolutions added to the block's input: the middle flow of Xception.

    Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", CVPR 2017.
    """
    shortcut = x
    for _ in range(3):
        x = layers.Activation("relu")(x)
        x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
    return layers.Add()([x, shortcut])


def separable_conv_bn_relu(x, filters, kernel_size=3):
    """Separable convolution without bias, BatchNormalization, ReLU.

    Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", CVPR 2017.
    """
    x = layers.SeparableConv2D(filters, kernel_size, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)


def build_model():
    inputs = keras.Input(shape=(299, 299, 3))
    x = inputs
    for filters, strides in [(32, 2), (64, 1)]:
        x = conv_bn_relu(x, filters, strides=strides, padding="valid")
    for filters, activates in [(128, False), (256, True), (728, True)]:
        x = xception_reduction_block(x, filters, activates=activates)
    for _ in range(8):
        x = xception_middle_block(x, 728)
    x = xception_reduction_block(x, 1024, first_filters=728)
    for filters in [1536, 2048]:
        x = separable_conv_bn_relu(x, filters)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(1000, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="xception")


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
