"""resnet18: 11,699,112 parameters, 1,814,073,344 MACs.

Input 224×224×3, output 1000. Exported from Convstack; runs under Keras 3.
"""

import keras
import numpy as np
from keras import layers, regularizers

NAME = "resnet18"
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


def basic_block(x, filters, strides=1, weight_decay=1e-4):
    """Two 3×3 convolutions with BatchNormalization, added to the block's input: ResNet-18 and 34.

    The shortcut is a 1×1 projection where strides or channels change. He et al., "Deep Residual
    Learning for Image Recognition", CVPR 2016.
    """

    def conv_bn(x, kernel_size, strides=1):
        x = layers.Conv2D(
            filters,
            kernel_size,
            strides=strides,
            padding="valid" if kernel_size == 1 else "same",
            use_bias=False,
            kernel_initializer="he_normal",
            kernel_regularizer=regularizers.L2(weight_decay) if weight_decay else None,
        )(x)
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)

    shortcut = x
    if strides != 1 or x.shape[-1] != filters:
        shortcut = conv_bn(x, 1, strides)
    x = conv_bn(x, 3, strides)
    x = layers.Activation("relu")(x)
    x = conv_bn(x, 3)
    x = layers.Add()([shortcut, x])
    return layers.Activation("relu")(x)


def build_model():
    inputs = keras.Input(shape=(224, 224, 3))
    x = resnet_stem(inputs, 64)
    for _ in range(2):
        x = basic_block(x, 64)
    for filters, strides in [(128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)]:
        x = basic_block(x, filters, strides=strides)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(1000, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="resnet18")


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
