"""small: conv_bn_relu_1.filters 11, conv_bn_relu_2.filters 4, learning_rate 0.0003: 605 parameters, 31,720 MACs.

Input 8×8×1, output 10. Exported from Convstack; runs under Keras 3.
"""

import keras
import numpy as np
from keras import layers

NAME = "small_conv_bn_relu_1_filters_11_conv_bn_relu_2_filters_4_learning_rate_0_0003"
VALIDATION_SHARE = 0.2
SEED = 4
EPOCHS = 2
BATCH_SIZE = 32
OPTIMIZER = keras.optimizers.Adam
LEARNING_RATE = 0.000301123
LOSS = "sparse_categorical_crossentropy"


def conv_bn_relu(x, filters, kernel_size=3, strides=1, padding="same", scale=True):
    """Convolution without bias, BatchNormalization, ReLU: the usual order of the three.

    Ioffe and Szegedy, "Batch Normalization", ICML 2015: the normalization removes the mean, so a
    bias in front of it would do nothing.
    """
    x = layers.Conv2D(filters, kernel_size, strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization(scale=scale)(x)
    return layers.Activation("relu")(x)


def build_model():
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Rescaling(0.0625)(inputs)
    for filters in [11, 4]:
        x = conv_bn_relu(x, filters)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(
        inputs,
        outputs,
        name="small_conv_bn_relu_1_filters_11_conv_bn_relu_2_filters_4_learning_rate_0_0003",
    )


def load_data():
    """Returns pairs of images (0 to 255) and labels: training, validation and any test set."""
    from sklearn.datasets import load_digits  # from the package scikit-learn

    digits = load_digits()
    # The pixels of this data set range from 0 to 16.
    images = np.round(digits.images * (255 / 16)).astype("uint8")[..., np.newaxis]
    labels = digits.target
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
