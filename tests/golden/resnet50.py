"""resnet50: 25,636,712 parameters, 3,857,973,248 MACs.

Input 224×224×3, output 1000. Exported from Convstack; runs under Keras 3.
"""

import functools

import keras
import numpy as np
from keras import layers, regularizers

NAME = "resnet50"
INPUT_SHAPE = (224, 224, 3)
NUM_IMAGES = 64
NUM_CLASSES = 1000
VALIDATION_SHARE = 0.2
SEED = 0
EPOCHS = 10
BATCH_SIZE = 32
LEARNING_RATE = 0.001


def resnet_stem(
    x,
    filters,
    use_bias=False,
    kernel_initializer="he_normal",
    weight_decay=1e-4,
    momentum=0.9,
    epsilon=1e-5,
):
    """Quarters height and width at once: a 7×7 convolution and an overlapping pooling.

    The beginning of ResNet and DenseNet. He et al., "Deep Residual Learning for Image
    Recognition", CVPR 2016.
    """
    x = layers.ZeroPadding2D(((3, 3), (3, 3)))(x)
    x = layers.Conv2D(
        filters,
        7,
        strides=2,
        use_bias=use_bias,
        kernel_initializer=kernel_initializer,
        kernel_regularizer=regularizers.L2(weight_decay) if weight_decay else None,
    )(x)
    x = layers.BatchNormalization(momentum=momentum, epsilon=epsilon)(x)
    x = layers.Activation("relu")(x)
    x = layers.ZeroPadding2D(((1, 1), (1, 1)))(x)
    return layers.MaxPooling2D(3, strides=2)(x)


def bottleneck_block(
    x,
    filters,
    kernel_size=3,
    strides=1,
    expansion=4,
    use_bias=False,
    kernel_initializer="he_normal",
    weight_decay=1e-4,
    momentum=0.9,
    epsilon=1e-5,
):
    """Narrows with a 1×1, convolves, widens with a 1×1, and adds the block's input.

    Each convolution is followed by BatchNormalization. The shortcut is the input itself (the
    identity block), or a 1×1 projection where strides or channels change (the convolution block).
    He et al., "Deep Residual Learning for Image Recognition", CVPR 2016.
    """

    def conv_bn(x, filters, kernel_size, strides=1):
        x = layers.Conv2D(
            filters,
            kernel_size,
            strides=strides,
            padding="valid" if kernel_size == 1 else "same",
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            kernel_regularizer=regularizers.L2(weight_decay) if weight_decay else None,
        )(x)
        return layers.BatchNormalization(momentum=momentum, epsilon=epsilon)(x)

    shortcut = x
    if strides != 1 or x.shape[-1] != filters * expansion:
        shortcut = conv_bn(x, filters * expansion, 1, strides)
    x = conv_bn(x, filters, 1, strides)
    x = layers.Activation("relu")(x)
    x = conv_bn(x, filters, kernel_size)
    x = layers.Activation("relu")(x)
    x = conv_bn(x, filters * expansion, 1)
    x = layers.Add()([shortcut, x])
    return layers.Activation("relu")(x)


def build_model():
    """Builds the network, not yet compiled."""
    inputs = keras.Input(shape=(224, 224, 3))
    x = resnet_stem(
        inputs,
        64,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        weight_decay=0.0,
        momentum=0.99,
        epsilon=1.001e-05,
    )
    for _ in range(3):
        x = bottleneck_block(
            x,
            64,
            use_bias=True,
            kernel_initializer="glorot_uniform",
            weight_decay=0.0,
            momentum=0.99,
            epsilon=1.001e-05,
        )
    x = bottleneck_block(
        x,
        128,
        strides=2,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        weight_decay=0.0,
        momentum=0.99,
        epsilon=1.001e-05,
    )
    for _ in range(3):
        x = bottleneck_block(
            x,
            128,
            use_bias=True,
            kernel_initializer="glorot_uniform",
            weight_decay=0.0,
            momentum=0.99,
            epsilon=1.001e-05,
        )
    x = bottleneck_block(
        x,
        256,
        strides=2,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        weight_decay=0.0,
        momentum=0.99,
        epsilon=1.001e-05,
    )
    for _ in range(5):
        x = bottleneck_block(
            x,
            256,
            use_bias=True,
            kernel_initializer="glorot_uniform",
            weight_decay=0.0,
            momentum=0.99,
            epsilon=1.001e-05,
        )
    x = bottleneck_block(
        x,
        512,
        strides=2,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        weight_decay=0.0,
        momentum=0.99,
        epsilon=1.001e-05,
    )
    for _ in range(2):
        x = bottleneck_block(
            x,
            512,
            use_bias=True,
            kernel_initializer="glorot_uniform",
            weight_decay=0.0,
            momentum=0.99,
            epsilon=1.001e-05,
        )
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(1000, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="resnet50")


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
