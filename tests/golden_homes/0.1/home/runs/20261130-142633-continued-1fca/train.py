"""Continued: 398 parameters, 20,776 MACs.

Input 8×8×1, output 10. Exported from Convstack; runs under Keras 3.
"""

import functools

import keras
import numpy as np
from keras import layers

NAME = "Continued"
VALIDATION_SHARE = 0.2
SEED = 0
EPOCHS = 1
BATCH_SIZE = 16
LEARNING_RATE = 0.001


def conv_bn_relu(x, filters, kernel_size=3, strides=1, padding="same", scale=True):
    """Convolution without bias, BatchNormalization, ReLU: the usual order of the three.

    Ioffe and Szegedy, "Batch Normalization", ICML 2015: the normalisation removes the mean, so a
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


def build_model():
    """Builds the network, not yet compiled."""
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Rescaling(1 / 255)(inputs)
    x = layers.RandomFlip("horizontal")(x)
    x = conv_bn_relu(x, 4)
    x = residual_block(x, 4)
    x = layers.Dropout(0.3)(x)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="Continued")


def load_data():
    """Returns training and validation data: images (values 0 to 255) and classes."""
    from sklearn.datasets import load_digits  # from the package scikit-learn

    digits = load_digits()
    # The pixels of this set go from 0 to 16.
    images = np.round(digits.images * (255 / 16)).astype("uint8")[..., np.newaxis]
    labels = digits.target
    return split(images, labels)


def split(images, labels):
    """Keeps a share of the images for validation, drawn by the seed."""
    order = np.random.default_rng(SEED).permutation(len(images))
    num_validation = int(np.ceil(len(images) * VALIDATION_SHARE))
    validation, training = order[:num_validation], order[num_validation:]
    return (images[training], labels[training]), (images[validation], labels[validation])


def compile_model(model):
    """Sets the optimizer, the loss and the metric."""
    optimizer = keras.optimizers.RMSprop(learning_rate=LEARNING_RATE)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])


@functools.lru_cache(maxsize=2)
def order_of_images(epoch, num_images):
    """Draws the order of an epoch, which is the same whenever that epoch is trained."""
    return np.random.default_rng([SEED, epoch]).permutation(num_images)


class Batches(keras.utils.PyDataset):
    """The training images from an epoch and a batch of it on, both counted from 0."""

    def __init__(self, images, labels, epoch=0, batch=0):
        super().__init__()
        self.images, self.labels = images, labels
        self.steps_per_epoch = int(np.ceil(len(images) / BATCH_SIZE))
        self.first_step = epoch * self.steps_per_epoch + batch

    def __len__(self):
        return EPOCHS * self.steps_per_epoch - self.first_step

    def __getitem__(self, index):
        epoch, batch = divmod(self.first_step + index, self.steps_per_epoch)
        order = order_of_images(epoch, len(self.images))
        chosen = order[batch * BATCH_SIZE : (batch + 1) * BATCH_SIZE]
        return self.images[chosen], self.labels[chosen]


def train(model, data, callbacks=(), epoch=0, batch=0):
    """Trains the model and returns Keras's history.

    One that was interrupted goes on from an epoch and a batch of it, counted from 0.
    """
    (x_train, y_train), validation_data = data
    while epoch < EPOCHS:
        # The rest of an epoch is shorter than the others and needs a fit of its own.
        last_epoch = epoch + 1 if batch else EPOCHS
        batches = Batches(x_train, y_train, epoch, batch)
        history = model.fit(
            batches,
            shuffle=False,  # they come in an order of their own
            steps_per_epoch=batches.steps_per_epoch - batch,
            initial_epoch=epoch,
            epochs=last_epoch,
            validation_data=validation_data,
            validation_batch_size=BATCH_SIZE,
            callbacks=list(callbacks),
        )
        epoch, batch = last_epoch, 0
    return history


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
