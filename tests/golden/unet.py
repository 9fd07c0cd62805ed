"""unet: 31,030,658 parameters, 150,428,424,448 MACs.

Input 572×572×1, output 388×388×2. Exported from Convstack; runs under Keras 3.
"""

import keras
from keras import layers


def unet_encoder_step(x, filters, padding="valid", pooling=True, dropout=0.0):
    """A step down: pooling, then two 3×3 convolutions, whose output the decoder reads too.

    Ronneberger et al., "U-Net: Convolutional Networks for Biomedical Image Segmentation",
    MICCAI 2015.
    """
    if pooling:
        x = layers.MaxPooling2D(2)(x)
    for _ in range(2):
        x = layers.Conv2D(
            filters, 3, padding=padding, activation="relu", kernel_initializer="he_normal"
        )(x)
    if dropout:
        x = layers.Dropout(dropout)(x)
    return x


def unet_decoder_step(x, skip, filters, padding="valid"):
    """A step up: up-convolution, the encoder's output laid beside it, two 3×3 convolutions.

    The encoder's output is cropped around its middle where it is larger. Ronneberger et al.,
    "U-Net: Convolutional Networks for Biomedical Image Segmentation", MICCAI 2015.
    """
    x = layers.Conv2DTranspose(filters, 2, strides=2, kernel_initializer="he_normal")(x)
    rows = max(0, skip.shape[1] - x.shape[1])
    columns = max(0, skip.shape[2] - x.shape[2])
    if rows or columns:
        top, left = rows // 2, columns // 2
        skip = layers.Cropping2D(((top, rows - top), (left, columns - left)))(skip)
    x = layers.Concatenate()([skip, x])
    for _ in range(2):
        x = layers.Conv2D(
            filters, 3, padding=padding, activation="relu", kernel_initializer="he_normal"
        )(x)
    return x


def build_model():
    inputs = keras.Input(shape=(572, 572, 1))
    down_1 = unet_encoder_step(inputs, 64, pooling=False)
    down_2 = unet_encoder_step(down_1, 128)
    down_3 = unet_encoder_step(down_2, 256)
    down_4 = unet_encoder_step(down_3, 512, dropout=0.5)
    # bottom
    x = unet_encoder_step(down_4, 1024, dropout=0.5)
    # up_4
    x = unet_decoder_step(x, down_4, 512)
    # up_3
    x = unet_decoder_step(x, down_3, 256)
    # up_2
    x = unet_decoder_step(x, down_2, 128)
    # up_1
    x = unet_decoder_step(x, down_1, 64)
    outputs = layers.Conv2D(2, 1, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="unet")


if __name__ == "__main__":
    build_model().summary()
