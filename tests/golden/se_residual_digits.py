"""se_residual_digits: 82,362 parameters, 4,775,552 MACs.

Input 8×8×1, output 10. Exported from Convstack; runs under Keras 3.
"""

import keras
import numpy as np
from keras import layers

NAME = "se_residual_digits"
INPUT_SHAPE = (8, 8, 1)
NUM_IMAGES = 64
NUM_CLASSES = 10
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


def residual_block(x, filters, pooling=False):
    """Two 3×3 convolutions whose output is added to the block's input.

    The shortcut is the input itself; a 1×1 convolution where the number of channels changes; one
    with stride 2 where the block pools. He et al., "Deep Residual Learning for Image Recognition",
    CVPR 2016.
    """
    shortcut = x
    if pooling:
        shortcut = layers.Conv2D(filters, 1, strides=2)(x)
    elif x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1)(x)
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    if pooling:
        x = layers.MaxPooling2D(2, padding="same")(x)
    return layers.Add()([x, shortcut])


def squeeze_excitation(x, ratio):
    """Weighs each channel by what the whole image shows: pool, two Dense layers, multiply.

    Keeps the shape, so it works behind any block. Hu et al., "Squeeze-and-Excitation Networks",
    CVPR 2018.
    """
    channels = x.shape[-1]
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Dense(max(1, channels // ratio), activation="relu")(gate)
    gate = layers.Dense(channels, activation="sigmoid")(gate)
    return layers.Multiply()([x, gate])


def build_model():
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Rescaling(1 / 255)(inputs)
    x = conv_bn_relu(x, 32)
    x = residual_block(x, 32)
    x = squeeze_excitation(x, 2)
    x = residual_block(x, 64, pooling=True)
    x = squeeze_excitation(x, 2)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.3)(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="se_residual_digits")


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
