"""A tiny model around the training part of a script, as an export would put it."""

from builder.codegen.keras.training_plan import training_plan
from builder.codegen.keras.training_source import TrainingSource, training_source
from builder.training.settings import TrainingSettings

_MODEL = '''
def build_model():
    """Returns the model, not compiled."""
    keras.config.set_dtype_policy("{precision}")
    inputs = keras.Input({shape})
    x = layers.Rescaling(1 / 255)(inputs){augmentation}
    x = layers.Conv2D({filters}, 3, activation="relu", padding="same")(x)
    x = layers.Dropout(0.3)(x)
    x = layers.GlobalAveragePooling2D()(x)
    keras.config.set_dtype_policy("float32")
    outputs = layers.Dense({units}{activation})(x)
    return keras.Model(inputs, outputs)
'''


_AUGMENTATION = """
    x = layers.RandomFlip("horizontal")(x)
    x = layers.RandomRotation(0.1)(x)
    x = layers.RandomTranslation(0.1, 0.1)(x)
    x = layers.GaussianNoise(0.1)(x)
    x = layers.BatchNormalization()(x)"""


def tiny_script(
    settings: TrainingSettings,
    input_shape: tuple[int, int, int] = (8, 8, 1),
    units: int = 10,
    activation: str | None = "softmax",
    filters: int = 4,
    name: str = "tiny",
    augmented: bool = False,
) -> str:
    """Writes a whole script that trains a very small model."""
    source = training_source(training_plan(name, settings, input_shape, (units,), activation))
    model = _MODEL.format(
        precision=settings.precision,
        shape=input_shape,
        filters=filters,
        units=units,
        augmentation=_AUGMENTATION if augmented else "",
        activation=f', activation="{activation}"' if activation else "",
    )
    return f"{top(source)}\n\n{model}\n\n{source.functions}"


def training_part(source: TrainingSource) -> str:
    """A script without the model, laid out as a formatter does."""
    return f"{top(source, layers=False)}\n\n\n{source.functions.rstrip()}\n"


def top(source: TrainingSource, *, layers: bool = True) -> str:
    """The imports and the constants."""
    packages = [*source.imports, *["from keras import layers"] * layers]
    imports = ["\n".join(source.standard_imports), "\n".join(packages)]
    return "\n\n".join(filter(None, [*imports, source.constants]))
