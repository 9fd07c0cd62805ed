# pyright: basic, reportAttributeAccessIssue=false, reportOptionalMemberAccess=false
# Keras carries no types: what its calls give back is guessed wrongly.
"""Functions of exported scripts, as they stand there: their source text is what is exported.

The app reads this file and never imports it, since it needs Keras; tests import it and run what is
in it. `function_text` takes a function by its name. Like the scripts it has no types, as Keras's
own examples have none.
"""

import functools

import keras
import numpy as np
from keras import layers

# A script sets its own.
SEED = 0
EPOCHS = 10
BATCH_SIZE = 32


def spread(num_kept, num_images):
    """Says which images to keep: evenly spread, so that each class gives its share."""
    steps = np.arange(num_images + 1) * num_kept // num_images
    return np.diff(steps) > 0


def adapt_normalization(model, images, chunk_size=64):
    """Gives Normalization layers the mean and variance of what reaches them from the images."""
    for layer in model.layers:  # each behind those that it reads
        is_open = isinstance(layer, layers.Normalization) and layer.input_mean is None
        if not is_open or layer.invert:
            continue
        before = keras.Model(model.input, layer.input)
        axes = range(len(layer.input.shape))
        over = tuple(axis for axis in axes if axis not in [kept % len(axes) for kept in layer.axis])
        count = total = squares = 0
        for start in range(0, len(images), chunk_size):  # not all at once, to save memory
            part = before(images[start : start + chunk_size], training=False)
            part = keras.ops.convert_to_numpy(part).astype("float64")
            count += np.prod([part.shape[axis] for axis in over])
            total += part.sum(axis=over, keepdims=True)
            squares += np.square(part).sum(axis=over, keepdims=True)
        mean = total / count
        deviation = np.sqrt(np.maximum(squares / count - np.square(mean), 0))
        # Two images with just that mean and deviation: adapt() cannot add up batches in 16 bits.
        layer.adapt(np.concatenate([mean - deviation, mean + deviation]))


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
