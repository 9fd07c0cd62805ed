# pyright: basic, reportAttributeAccessIssue=false, reportOptionalMemberAccess=false
# pyright: reportArgumentType=false, reportCallIssue=false, reportGeneralTypeIssues=false
# Keras carries no types: what its calls give back is guessed wrongly, and so is what a function
# returns that has branches for different plans.
"""The training half of exported scripts: its functions, as they stand there.

Those that load the images stand in `data_functions`; what is said here holds for both files.

A script gets those that its `main` needs, with their branches settled: of `if plan.resizes:` it has
what is in it where the plan resizes, else nothing. What the settings choose are constants.

The app reads these files and never imports them, since they need Keras (`exported_functions`);
tests import them and run what is in them. They have no types, as Keras's own examples have none.
"""

import keras
import numpy as np
from keras import layers

from builder.codegen.keras.data_functions import load_data
from builder.codegen.keras.training_plan import training_plan
from builder.training.settings import TrainingSettings

# What a script is made for; in a script every question to it is answered.
plan = training_plan("digits", TrainingSettings(), (8, 8, 1), (10,), "softmax")

# A script has those that it reads, with the values of its settings.
NAME = "digits"
NUM_IMAGES = 1_797
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
