"""inception_v1: 6,998,552 parameters, 1,582,671,872 MACs.

Input 224×224×3, output 1000. Exported from Convstack; runs under Keras 3.
"""

import keras
import numpy as np
from keras import layers

NAME = "inception_v1"
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


def inception_v1_module(
    x,
    filters_1x1,
    filters_3x3_reduce=96,
    filters_3x3=128,
    filters_5x5_reduce=16,
    filters_5x5=32,
    filters_pool=32,
):
    """Looks at the image through 1×1, 3×3 and 5×5 windows and a pooling at once, side by side.

    1×1 convolutions narrow the input of the larger windows. Szegedy et al., "Going Deeper with
    Convolutions", CVPR 2015.
    """

    def conv(x, filters, kernel_size):
        return layers.Conv2D(filters, kernel_size, padding="same", activation="relu")(x)

    branch_1x1 = conv(x, filters_1x1, 1)
    branch_3x3 = conv(x, filters_3x3_reduce, 1)
    branch_3x3 = conv(branch_3x3, filters_3x3, 3)
    branch_5x5 = conv(x, filters_5x5_reduce, 1)
    branch_5x5 = conv(branch_5x5, filters_5x5, 5)
    branch_pool = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    branch_pool = conv(branch_pool, filters_pool, 1)
    return layers.Concatenate()([branch_1x1, branch_3x3, branch_5x5, branch_pool])


def build_model():
    inputs = keras.Input(shape=(224, 224, 3))
    x = layers.Conv2D(64, 7, strides=2, padding="same", activation="relu")(inputs)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Conv2D(64, 1, activation="relu")(x)
    x = layers.Conv2D(192, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    # inception_3a
    x = inception_v1_module(x, 64)
    # inception_3b
    x = inception_v1_module(
        x,
        128,
        filters_3x3_reduce=128,
        filters_3x3=192,
        filters_5x5_reduce=32,
        filters_5x5=96,
        filters_pool=64,
    )
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    # inception_4a
    x = inception_v1_module(x, 192, filters_3x3=208, filters_5x5=48, filters_pool=64)
    # inception_4b
    x = inception_v1_module(
        x,
        160,
        filters_3x3_reduce=112,
        filters_3x3=224,
        filters_5x5_reduce=24,
        filters_5x5=64,
        filters_pool=64,
    )
    # inception_4c
    x = inception_v1_module(
        x,
        128,
        filters_3x3_reduce=128,
        filters_3x3=256,
        filters_5x5_reduce=24,
        filters_5x5=64,
        filters_pool=64,
    )
    # inception_4d
    x = inception_v1_module(
        x,
        112,
        filters_3x3_reduce=144,
        filters_3x3=288,
        filters_5x5_reduce=32,
        filters_5x5=64,
        filters_pool=64,
    )
    # inception_4e
    x = inception_v1_module(
        x,
        256,
        filters_3x3_reduce=160,
        filters_3x3=320,
        filters_5x5_reduce=32,
        filters_5x5=128,
        filters_pool=128,
    )
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    # inception_5a
    x = inception_v1_module(
        x,
        256,
        filters_3x3_reduce=160,
        filters_3x3=320,
        filters_5x5_reduce=32,
        filters_5x5=128,
        filters_pool=128,
    )
    # inception_5b
    x = inception_v1_module(
        x,
        384,
        filters_3x3_reduce=192,
        filters_3x3=384,
        filters_5x5_reduce=48,
        filters_5x5=128,
        filters_pool=128,
    )
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    outputs = layers.Dense(1000, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="inception_v1")


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
