"""The part of an exported script that fits: the order of the images, callbacks, and `train`."""

from builder.codegen.keras.python_source import call, quote, source_lines
from builder.training.best_epoch import mode
from builder.training.settings import TrainingSettings

BATCHES = '''\
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
        return self.images[chosen], self.labels[chosen]'''


def train_function(has_test: bool = False) -> str:
    """Writes `train`.

    Args:
        has_test: Whether the data hold images for a last test, which are not looked at here.
    """
    return source_lines(
        "def train(model, data, callbacks=()):",
        '    """Trains the model and returns Keras\'s history."""',
        f"    (x_train, y_train), validation_data = data{'[:2]' if has_test else ''}",
        "    batches = Batches(x_train, y_train)",
        "    return model.fit(",
        "        batches,",
        "        shuffle=False,  # the batches have a random order already",
        "        steps_per_epoch=batches.steps_per_epoch,",
        "        epochs=EPOCHS,",
        "        validation_data=validation_data,",
        "        validation_batch_size=BATCH_SIZE,",
        "        callbacks=list(callbacks),",
        "    )",
    )


def callbacks_function(name: str, settings: TrainingSettings) -> list[str]:
    """Writes `make_callbacks`, where anything is asked for that needs one.

    Args:
        name: Of the model.
        settings: What is asked for.
    """
    watched = [f"monitor={quote(settings.monitor)}", f"mode={quote(mode(settings.monitor))}"]
    made: list[str] = []
    if settings.patience is not None:
        arguments = [*watched, "patience=PATIENCE"]
        made.append(call("keras.callbacks.EarlyStopping", arguments, depth=2))
    if settings.keep_best:
        arguments = [model_path(name, "-best"), *watched, "save_best_only=True"]
        made.append(call("keras.callbacks.ModelCheckpoint", arguments, depth=2))
    if not made:
        return []
    does = ["Ends the training early"] * (settings.patience is not None)
    does += ["keeps the best model"] * settings.keep_best
    words = " and ".join(does)
    return [
        source_lines(
            "def make_callbacks():",
            f'    """{words[0].upper()}{words[1:]}, by {settings.monitor}."""',
            "    return [",
            *(f"{one}," for one in made),
            "    ]",
        )
    ]


def model_path(name: str, ending: str = "") -> str:
    """Writes the path of the model's file; a name may hold anything, a file's name may not.

    Args:
        name: Of the model.
        ending: What follows the name.
    """
    safe = name.replace("_", "").replace("-", "").isalnum()
    return f'f"{{NAME}}{ending}.keras"' if safe else f'"model{ending}.keras"'
