# pyright: basic, reportAttributeAccessIssue=false, reportOptionalMemberAccess=false
# pyright: reportArgumentType=false, reportCallIssue=false, reportGeneralTypeIssues=false
# Keras carries no types: what its calls give back is guessed wrongly, and so is what a function
# returns that has branches for different plans.
"""The training half of exported scripts: its functions, as they stand there.

A script gets those that its `main` needs, with their branches settled: of `if plan.resizes:` it has
what is in it where the plan resizes, else nothing. What the settings choose are constants.

The app reads this file and never imports it, since it needs Keras (`function_text`); tests import
it and run what is in it. Like the scripts it has no types, as Keras's own examples have none.
"""

import keras
import numpy as np
from keras import layers

from builder.codegen.keras.training_plan import training_plan
from builder.training.settings import TrainingSettings

# What a script is made for; in a script every question to it is answered.
plan = training_plan("digits", TrainingSettings(), (8, 8, 1), (10,), "softmax")

# A script has those that it reads, with the values of its settings.
NAME = "digits"
DATA = ""
DATASET = keras.datasets.mnist
INPUT_SHAPE = (8, 8, 1)
NUM_IMAGES = 1_797
NUM_CLASSES = 10
NUM_VALIDATION = 0
VALIDATION_SHARE = 0.2
TEST_SHARE = 0.0
SEED = 0
EPOCHS = 10
BATCH_SIZE = 32
OPTIMIZER = keras.optimizers.Adam
LEARNING_RATE = 0.001
ALPHA = 0.0
WARMUP_EPOCHS = 0
DECAY_RATE = 0.9
DECAY_EPOCHS = 1
STAIRCASE = False
BOUNDARIES = (10, 20)
FACTOR = 0.1
LOSS = "sparse_categorical_crossentropy"
COMPILE_OPTIONS = {"steps_per_execution": 1}
MONITOR = "val_loss"
MODE = "min"
PATIENCE = 1


def build_model():
    """Stands for the model, which is each script's own."""
    raise NotImplementedError


class Selection:
    """Some images of an array on disk, read when they are indexed."""

    def __init__(self, images, chosen):
        self.images, self.chosen = images, chosen

    def __len__(self):
        return len(self.chosen)

    def __getitem__(self, index):
        if plan.makes_gray:
            return to_gray(self.images[self.chosen[index]])
        elif plan.repeats_gray:
            return np.repeat(self.images[self.chosen[index]], INPUT_SHAPE[2], axis=-1)
        else:
            return self.images[self.chosen[index]]


def load_data():
    """Returns pairs of images (0 to 255) and labels: training, validation and any test set."""
    if plan.is_placeholder:
        # Random images and labels: replace these two arrays with your own data.
        rng = np.random.default_rng(SEED)
        images = rng.integers(0, 256, size=(NUM_IMAGES, *INPUT_SHAPE), dtype="uint8")
        labels = rng.integers(0, NUM_CLASSES, size=NUM_IMAGES)
    elif plan.is_digits:
        from sklearn.datasets import load_digits  # from the package scikit-learn

        digits = load_digits()
        # The pixels of this data set range from 0 to 16.
        images = np.round(digits.images * (255 / 16)).astype("uint8")[..., np.newaxis]
        labels = digits.target
    elif plan.is_own:
        images = np.load(f"{DATA}/images.npy", mmap_mode="r")  # stays on disk
        labels = np.load(f"{DATA}/labels.npy")
        if plan.has_own_test:
            x_test = np.load(f"{DATA}/test_images.npy", mmap_mode="r")
            x_test = Selection(x_test, np.arange(len(x_test)))[:]
            y_test = np.load(f"{DATA}/test_labels.npy")
    else:
        (images, labels), (x_test, y_test) = DATASET.load_data()
        if plan.has_gray_images:
            images, x_test = images[..., np.newaxis], x_test[..., np.newaxis]
        else:
            labels, y_test = labels[:, 0], y_test[:, 0]
    if plan.has_own_test and plan.prepares:
        parts = (*split(images, labels), (x_test, y_test))
        return tuple(prepare(*part) for part in parts)
    elif plan.has_own_test:
        return (*split(images, labels), (x_test, y_test))
    elif plan.prepares:
        return tuple(prepare(*part) for part in split(images, labels))
    else:
        return split(images, labels)


def split(images, labels):
    """Splits the images into training, validation and any test set; the seed decides."""
    if plan.validates_given:
        # The validation set that came with the images is at their end.
        training, validation = np.split(np.arange(len(images)), [-NUM_VALIDATION])
        if plan.draws_test:
            training = np.random.default_rng(SEED).permutation(training)
    else:
        training = np.random.default_rng(SEED).permutation(len(images))
    if plan.splits_stratified:
        training = training[np.argsort(labels[training], kind="stable")]  # class by class
    if not plan.validates_given:
        num_validation = int(np.ceil(len(images) * VALIDATION_SHARE))
        if plan.splits_stratified:
            validation, training = spread(training, num_validation)
        else:
            validation, training = np.split(training, [num_validation])
    if plan.draws_test:
        num_test = int(np.ceil(len(images) * TEST_SHARE))
        if plan.splits_stratified:
            test, training = spread(training, num_test)
        else:
            test, training = np.split(training, [num_test])
    if plan.is_own:
        # Validation and test images are few enough to be kept in memory.
        x_train, x_val = Selection(images, training), Selection(images, validation)[:]
        if plan.draws_test:
            x_test = Selection(images, test)[:]
            return (x_train, labels[training]), (x_val, labels[validation]), (x_test, labels[test])
        else:
            return (x_train, labels[training]), (x_val, labels[validation])
    elif plan.draws_test:
        return tuple((images[part], labels[part]) for part in (training, validation, test))
    else:
        return tuple((images[part], labels[part]) for part in (training, validation))


def spread(order, num_taken):
    """Takes evenly spaced images out of an order, so that each class gives its share."""
    steps = np.arange(len(order) + 1) * num_taken // len(order)
    is_taken = np.diff(steps) > 0
    return order[is_taken], order[~is_taken]


def prepare(images, labels):
    """Converts images to the model's input, and labels to what the loss expects."""
    if plan.makes_gray and not plan.is_own:  # own images are converted as they are read
        images = to_gray(images)
    elif plan.repeats_gray and not plan.is_own:
        images = np.repeat(images, INPUT_SHAPE[2], axis=-1)
    if plan.resizes:
        images = resize(images)
    if plan.one_hot:
        labels = keras.utils.to_categorical(labels, NUM_CLASSES)
    return images, labels


def to_gray(images):
    """Converts color images to gray with the luma weights of ITU-R BT.601."""
    images = np.round(images @ np.array([0.299, 0.587, 0.114], dtype="float32"))
    return images.astype("uint8")[..., np.newaxis]


def resize(images, chunk_size=256):
    """Resizes images to the model's input; a single channel is copied to all of its channels."""
    resized = np.empty((len(images), *INPUT_SHAPE), dtype="uint8")
    for start in range(0, len(images), chunk_size):  # in chunks, to save memory
        part = images[start : start + chunk_size].astype("float32")
        if plan.shrinks:
            part = keras.ops.image.resize(part, INPUT_SHAPE[:2], antialias=True)
        else:
            part = keras.ops.image.resize(part, INPUT_SHAPE[:2])
        part = np.round(keras.ops.convert_to_numpy(part))
        resized[start : start + chunk_size] = part
    return resized


def adapt_normalization(model, images, chunk_size=64):
    """Adapts each Normalization layer to the mean and variance of its own input."""
    for layer in model.layers:  # each layer comes after its inputs
        is_open = isinstance(layer, layers.Normalization) and layer.input_mean is None
        if not is_open or layer.invert:
            continue
        before = keras.Model(model.input, layer.input)
        axes = range(len(layer.input.shape))
        over = tuple(axis for axis in axes if axis not in [kept % len(axes) for kept in layer.axis])
        count = total = squares = 0
        for start in range(0, len(images), chunk_size):  # in chunks, to save memory
            part = before(images[start : start + chunk_size], training=False)
            part = keras.ops.convert_to_numpy(part).astype("float64")
            count += np.prod([part.shape[axis] for axis in over])
            total += part.sum(axis=over, keepdims=True)
            squares += np.square(part).sum(axis=over, keepdims=True)
        mean = total / count
        deviation = np.sqrt(np.maximum(squares / count - np.square(mean), 0))
        # adapt() would sum in 16 bits: it gets two images with exactly this mean and deviation.
        layer.adapt(np.concatenate([mean - deviation, mean + deviation]))


def compile_model(model):
    """Compiles the model with its optimizer, loss and metric."""
    if plan.has_schedule:
        optimizer = OPTIMIZER(learning_rate=schedule())
    else:
        optimizer = OPTIMIZER(learning_rate=LEARNING_RATE)
    if plan.scales_loss:
        # In 16 bits small gradients would become 0: the loss is scaled up.
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    if plan.reads_logit:
        metrics = [keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)]
    else:
        metrics = ["accuracy"]
    if plan.has_compile_options:
        model.compile(optimizer=optimizer, loss=LOSS, metrics=metrics, **COMPILE_OPTIONS)
    else:
        model.compile(optimizer=optimizer, loss=LOSS, metrics=metrics)


def schedule():
    """Returns the schedule of the learning rate."""
    if plan.validates_given:
        num_training = NUM_IMAGES - NUM_VALIDATION
    else:
        num_training = NUM_IMAGES - int(np.ceil(NUM_IMAGES * VALIDATION_SHARE))
    if plan.draws_test:
        num_training -= int(np.ceil(NUM_IMAGES * TEST_SHARE))
    steps_per_epoch = int(np.ceil(num_training / BATCH_SIZE))
    if plan.settings.schedule.name == "ExponentialDecay":
        return keras.optimizers.schedules.ExponentialDecay(
            LEARNING_RATE,
            decay_steps=DECAY_EPOCHS * steps_per_epoch,
            decay_rate=DECAY_RATE,
            staircase=STAIRCASE,
        )
    elif plan.settings.schedule.name == "PiecewiseConstantDecay":
        return keras.optimizers.schedules.PiecewiseConstantDecay(
            # A boundary of Keras is the last step with the value before the drop.
            boundaries=[epoch * steps_per_epoch - 1 for epoch in BOUNDARIES],
            values=[LEARNING_RATE * FACTOR**drop for drop in range(len(BOUNDARIES) + 1)],
        )
    elif plan.warms_up:
        return keras.optimizers.schedules.CosineDecay(
            0.0,
            decay_steps=(EPOCHS - WARMUP_EPOCHS) * steps_per_epoch,
            alpha=ALPHA,
            warmup_target=LEARNING_RATE,
            warmup_steps=WARMUP_EPOCHS * steps_per_epoch,
        )
    elif plan.settings.schedule.name == "CosineDecay":
        decay_steps = EPOCHS * steps_per_epoch
        return keras.optimizers.schedules.CosineDecay(LEARNING_RATE, decay_steps, alpha=ALPHA)


def make_callbacks():
    """Yields the callbacks that go by the validation metrics of each epoch."""
    if plan.ends_early:
        yield keras.callbacks.EarlyStopping(monitor=MONITOR, mode=MODE, patience=PATIENCE)
    if plan.settings.keep_best:
        yield keras.callbacks.ModelCheckpoint(
            f"{NAME}-best.keras",
            monitor=MONITOR,
            mode=MODE,
            save_best_only=True,
        )


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
    if plan.adapts:
        adapt_normalization(model, data[0][0])
    compile_model(model)
    if plan.has_callbacks:
        train(model, data, make_callbacks())
    else:
        train(model, data)
    model.save(f"{NAME}.keras")
    if plan.has_test:
        print("test:", model.evaluate(*data[2], batch_size=BATCH_SIZE, return_dict=True))
