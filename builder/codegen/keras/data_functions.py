# pyright: basic, reportAttributeAccessIssue=false, reportOptionalMemberAccess=false
# pyright: reportArgumentType=false, reportCallIssue=false, reportGeneralTypeIssues=false
# Keras carries no types: what its calls give back is guessed wrongly, and so is what a function
# returns that has branches for different plans.
"""What loads, splits and prepares the images in exported scripts.

Read `training_functions` first: it says what the plan and the constants are here for.
"""

import keras
import numpy as np

from builder.codegen.keras.training_plan import training_plan
from builder.training.settings import TrainingSettings

plan = training_plan("digits", TrainingSettings(), (8, 8, 1), (10,), "softmax")

DATA = ""
DATASET = keras.datasets.mnist
INPUT_SHAPE = (8, 8, 1)
NUM_IMAGES = 1_797
NUM_CLASSES = 10
NUM_VALIDATION = 0
VALIDATION_SHARE = 0.2
TEST_SHARE = 0.0
SEED = 0


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
