"""densenet121: 8,062,504 parameters, 2,834,161,664 MACs.

Input 224×224×3, output 1000. Exported from Convstack; runs under Keras 3.
"""

import sys

import keras
import numpy as np
from keras import layers, regularizers

NAME = "densenet121"
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

# Keras walks the network by recursion, one level or more for each layer.
sys.setrecursionlimit(20_000)


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


def dense_conv_block(x, growth_rate, epsilon=1.001e-5):
    """One layer of a dense block: its new channels are laid beside all those that it reads.

    A 1×1 convolution narrows to four times the growth rate before the 3×3. Huang et al., "Densely
    Connected Convolutional Networks", CVPR 2017.
    """
    new = layers.BatchNormalization(epsilon=epsilon)(x)
    new = layers.Activation("relu")(new)
    new = layers.Conv2D(4 * growth_rate, 1, use_bias=False)(new)
    new = layers.BatchNormalization(epsilon=epsilon)(new)
    new = layers.Activation("relu")(new)
    new = layers.Conv2D(growth_rate, 3, padding="same", use_bias=False)(new)
    return layers.Concatenate()([x, new])


def dense_block(x, num_layers, growth_rate=32, epsilon=1.001e-5):
    """Layers that each read all earlier ones: L layers make L · (L + 1) / 2 connections.

    Features are used again instead of learned anew, so few channels are enough. Huang et al.,
    "Densely Connected Convolutional Networks", CVPR 2017.
    """
    for _ in range(num_layers):
        x = dense_conv_block(x, growth_rate, epsilon)
    return x


def transition_layer(x, compression, epsilon=1.001e-5):
    """Between two dense blocks: fewer channels by a 1×1 convolution, half the size by pooling.

    Huang et al., "Densely Connected Convolutional Networks", CVPR 2017.
    """
    channels = int(x.shape[-1] * compression)
    x = layers.BatchNormalization(epsilon=epsilon)(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(channels, 1, use_bias=False)(x)
    return layers.AveragePooling2D(2, strides=2)(x)


def build_model():
    inputs = keras.Input(shape=(224, 224, 3))
    x = resnet_stem(
        inputs,
        64,
        kernel_initializer="glorot_uniform",
        weight_decay=0.0,
        momentum=0.99,
        epsilon=1.001e-05,
    )
    x = dense_block(x, 6)
    x = transition_layer(x, 0.5)
    x = dense_block(x, 12)
    x = transition_layer(x, 0.5)
    x = dense_block(x, 24)
    x = transition_layer(x, 0.5)
    x = dense_block(x, 16)
    x = layers.BatchNormalization(epsilon=1.001e-05)(x)
    x = layers.Activation("relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(1000, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="densenet121")


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
