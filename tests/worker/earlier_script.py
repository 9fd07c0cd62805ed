"""A script as version 0.1 wrote it: its `train` itself begins at an epoch and a batch."""

_TRAIN = '''\
import functools


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
'''


def as_written_earlier(script: str) -> str:
    """Puts the `train` of version 0.1, and what it needs, in the place of today's."""
    before, _, rest = script.partition("def batches(")
    _, _, behind = rest.partition("\n\n\ndef main():")
    return f"{before}{_TRAIN}\n\ndef main():{behind}"
