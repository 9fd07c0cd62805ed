"""vgg16: 138,357,544 parameters, 15,470,264,320 MACs.

Input 224×224×3, output 1000. Exported from Convstack; runs under Keras 3.
"""

import functools

import keras
import numpy as np
from keras import layers

NAME = "vgg16"
INPUT_SHAPE = (224, 224, 3)
NUM_IMAGES = 64
NUM_CLASSES = 1000
VALIDATION_SHARE = 0.2
SEED = 0
EPOCHS = 10
BATCH_SIZE = 32
LEARNING_RATE = 0.001


def vgg_block(x, filters, num_convolutions=2):
    """Several 3×3 convolutions, then a pooling that halves height and width.

    Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
    ICLR 2015.
    """
    for _ in range(num_convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D(2)(x)


def build_model():
    """Builds the network, not yet compiled."""
    inputs = keras.Input(shape=(224, 224, 3))
    x = inputs
    for filters, num_convolutions in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        x = vgg_block(x, filters, num_convolutions=num_convolutions)
    x = layers.Flatten()(x)
    x = layers.Dense(4096, activation="relu")(x)
    x = layers.Dense(4096, activation="relu")(x)
    outputs = layers.Dense(1000, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="vgg16")


def load_data():
    """Returns training and validation data: images (values 0 to 255) and classes."""
    # Random images and classes: replace these two arrays by your own data.
    rng = np.random.default_rng(SEED)
    images = rng.integers(0, 256, size=(NUM_IMAGES, *INPUT_SHAPE), dtype="uint8")
    labels = rng.integers(0, NUM_CLASSES, size=NUM_IMAGES)
    return split(images, labels)


def split(images, labels):
    """Keeps a share of the images for validation, drawn by the seed."""
    order = np.random.default_rng(SEED).permutation(len(images))
    num_validation = int(np.ceil(len(images) * VALIDATION_SHARE))
    validation, training = order[:num_validation], order[num_validation:]
    return (images[training], labels[training]), (images[validation], labels[validation])


def compile_model(model):
    """Sets the optimizer, the loss and the metric."""
    optimizer = keras.optimizers.Adam(learning_rate=LEARNING_RATE)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])


@functools.lru_cache(maxsize=2)
def order_of_images(epoch, num_images):
    """Draws the order of the images in an epoch; it depends on SEED and the epoch alone."""
    return np.random.default_rng([SEED, epoch]).permutation(num_images)


class Batches(keras.utils.PyDataset):
    """The batches of all epochs in a row; each epoch has the images in an order of its own."""

    def __init__(self, images, labels):
        super().__init__()
        self.images, self.labels = images, labels
        self.steps_per_epoch = int(np.ceil(len(images) / BATCH_SIZE))

    def __len__(self):
        return EPOCHS * self.steps_per_epoch

    def __getitem__(self, index):
        epoch, batch = divmod(index, self.steps_per_epoch)
        order = order_of_images(epoch, len(self.images))
        chosen = order[batch * BATCH_SIZE : (batch + 1) * BATCH_SIZE]
        return self.images[chosen], self.labels[chosen]


def train(model, data, callbacks=()):
    """Trains the model and returns Keras's history."""
    (x_train, y_train), validation_data = data[:2]
    batches = Batches(x_train, y_train)
    return model.fit(
        batches,
        shuffle=False,  # the batches have a random order already
        steps_per_epoch=batches.steps_per_epoch,
        epochs=EPOCHS,
        validation_data=validation_data,
        validation_batch_size=BATCH_SIZE,
        callbacks=list(callbacks),
    )


def main():
    """Trains the model from its beginning and saves it."""
    keras.utils.set_random_seed(SEED)
    data = load_data()
    model = build_model()
    compile_model(model)
    train(model, data)
    model.save(f"{NAME}.keras")


if __name__ == "__main__":
    main()
