"""The sentences of findings: one function for each code, which takes the finding's fields.

A sentence says what was received, what was expected and what to do. Code never reads one: decisions
are based on a finding's code, fields and fix.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from builder.blocks.base import short_float
from builder.blocks.ranges import PIXELS, Range
from builder.checks.memory_need import in_words
from builder.network.architecture import Architecture
from builder.network.issues import Issue
from builder.system.errors import Problem, Words
from builder.transforms.network_fixes import NetworkFix
from builder.transforms.value_flow import Fault

MAX_NAMED = 3
"""Classes or nodes that a finding names."""

_CHOOSE = "Choose a data set."
_ANEW = "Add some, or set validation_set to share."


def sentence(code: str, fields: Mapping[str, Any]) -> str:
    """Puts a finding into words.

    Args:
        code: What kind it is.
        fields: What the function of that name takes.
    """
    return getattr(_Sentences, code)(**fields)


class _Sentences:
    """The functions by their codes, in the order of `FindingCode`."""

    @staticmethod
    def no_data(problem: Problem) -> str:
        message, fix = problem.words
        return f"There is no data to train on ({message}). {Words(fix).sentences or _CHOOSE}"

    @staticmethod
    def broken_network(errors: Sequence[Issue]) -> str:
        labels = list(dict.fromkeys(issue.label or issue.node for issue in errors if issue.node))
        if labels:
            found = "a broken node" if len(labels) == 1 else f"{len(labels):,} broken nodes"
            return f"The network has {found}: {_names(labels)}. Mend what is wrong there first."
        said = " ".join(issue.problem.words.sentences for issue in errors)
        return said or "The network has errors. Mend them first."

    @staticmethod
    def several_inputs() -> str:
        return (
            "The network takes several inputs, or takes its input by a key. A training here needs "
            "one image without a key; the exported script can be trained with data of its own."
        )

    @staticmethod
    def several_outputs() -> str:
        return (
            "The network has several outputs, or gives its output by a key. A training here needs "
            "one output without a key; the exported script can be trained with losses of its own."
        )

    @staticmethod
    def no_classes(shape: Sequence[int], classes: int) -> str:
        return (
            f"The model puts out {shape_words(shape)}, expected {classes} numbers, one for each "
            "class of the data. End with Flatten or GlobalAveragePooling2D and a Dense layer."
        )

    @staticmethod
    def wrong_units(units: int, classes: int, data: str) -> str:
        return (
            f"The last layer has {count(units, 'unit')}; the data ({data}) have {classes} "
            f"classes, so {classes} units with softmax are expected."
        )

    @staticmethod
    def softmax_of_one() -> str:
        return "The last layer has softmax over 1 unit, which is always 1; expected sigmoid."

    @staticmethod
    def sigmoid_of_classes() -> str:
        return (
            "The last layer has sigmoid, so every class is judged by itself. Each image shows one "
            "class: softmax fits better."
        )

    @staticmethod
    def broken_distribution() -> str:
        return (
            "The outputs come from probabilities, but what stands behind these, such as max "
            "pooling or an addition, leaves them so that they no longer add up to 1; expected "
            "softmax at the end."
        )

    @staticmethod
    def unusual_activation(activation: str) -> str:
        return (
            f"The last layer has {activation}, whose output is taken as logits; expected softmax, "
            "or no activation."
        )

    @staticmethod
    def no_image(shape: Sequence[int]) -> str:
        return (
            f"The model takes {shape_words(shape)}, expected an image (height×width×channels). "
            "Change the Input."
        )

    @staticmethod
    def wrong_channels(channels: int, data: str) -> str:
        return (
            f"The model takes {count(channels, 'channel')}, the images ({data}) have 3. "
            "Set the Input's channels to 3, or to 1 for gray."
        )

    @staticmethod
    def enlarged_images(
        images: Sequence[int], size: Sequence[int], fitting: Sequence[int], share: float
    ) -> str:
        percent = f"{100 * share:.0f} %" if share >= 0.01 else "less than 1 %"
        return (
            f"Images of {shape_words(images)} are enlarged to {shape_words(size)}, which adds "
            f"pixels and no detail. With {shape_words(fitting)} each image takes {percent} of the "
            "MACs."
        )

    @staticmethod
    def values_out_of_range(
        layers: Sequence[str],
        values: Range,
        fault: Fault,
        architecture: Architecture,
        mending: NetworkFix | None,
        values_after: Range | None,
    ) -> str:
        more = len(layers) - 1
        where = f"{layers[0]} and {more} more" if more else layers[0]
        if fault is Fault.TOO_NARROW:
            why = "which is next to nothing: they are scaled down too far"
        elif values == PIXELS:
            why = "as they come: no layer in front brings them to a small range"
        else:
            why = "which is far from a range such as 0 to 1 or -1 to 1"
        if mending is not None:
            advice = f"{mending.label(architecture)}: they are then {values_after}."
        elif values == PIXELS:  # other layers read the same Input and scale it themselves
            advice = f"Put Rescaling(1/255) in front of {layers[0]}."
        else:
            advice = "Change the Rescaling or Normalization in front of them."
        return (
            f"Pixels reach {where} as {values}, {why}. The network may learn slowly or not at "
            f"all. {advice}"
        )

    @staticmethod
    def wrong_value_range(layer: str, values: Range) -> str:
        fitting = f"({short_float(values.low)}, {short_float(values.high)})"
        return (
            f"{layer} is set to another range of pixels than the {values} that reach it, so that "
            "training sees other images than those in use. Set its value_range to "
            f"{fitting}."
        )

    @staticmethod
    def probabilities_twice(layer: str) -> str:
        return (
            f"{layer} makes probabilities of what are probabilities already, which squashes their "
            "differences. Use one softmax or sigmoid only."
        )

    @staticmethod
    def loss_needs_classes(loss: str) -> str:
        return (
            f"{loss} needs one unit per class, the last layer has 1. Choose auto or "
            "binary_crossentropy."
        )

    @staticmethod
    def loss_ignores_softmax(loss: str) -> str:
        return (
            f"{loss} judges every class by itself, softmax makes them share: "
            "categorical_crossentropy fits softmax. Choose auto."
        )

    @staticmethod
    def unused_smoothing(loss: str) -> str:
        return f"label_smoothing has no effect on {loss}. Choose auto, or set it to 0."

    @staticmethod
    def single_step(batch_size: int, images: int) -> str:
        return (
            f"batch_size is {batch_size:,}, but there are only {images:,} training images: every "
            "epoch is one single step. Use a smaller batch_size."
        )

    @staticmethod
    def steps_over_epoch(steps: int, batches: int) -> str:
        return (
            f"steps_per_execution is {steps:,}, expected a divisor of the {batches:,} batches of "
            "an epoch. Choose one, or another batch_size."
        )

    @staticmethod
    def unused_test_share() -> str:
        return "test_share has no effect: these images came with a test set of their own."

    @staticmethod
    def unused_validation_share() -> str:
        return (
            "validation_share has no effect: these images came with a validation set. Set "
            "validation_set to share to draw one anew."
        )

    @staticmethod
    def long_warmup(warmup_epochs: int, epochs: int) -> str:
        return (
            f"warmup_epochs is {warmup_epochs}, but the training has only "
            f"{count(epochs, 'epoch')}. Warm up for fewer epochs, or train for more."
        )

    @staticmethod
    def late_boundaries(late: Sequence[int], epochs: int) -> str:
        return (
            f"The learning rate would drop after epoch {', '.join(map(str, late))}, but the "
            f"training ends with epoch {epochs}. Choose earlier boundaries, or train for more "
            "epochs."
        )

    @staticmethod
    def unused_nesterov() -> str:
        return "nesterov has no effect while momentum is 0. Set momentum, such as 0.9."

    @staticmethod
    def nothing_to_learn(images: int, given: bool) -> str:
        if given:
            return (
                "None of the images is left to learn from: all would be kept for the last test. "
                "Use a smaller test_share."
            )
        return (
            f"Of {images:,} images none is left to learn from: all would be kept for validation "
            "or for the last test. Use a smaller validation_share and test_share."
        )

    @staticmethod
    def unseen_classes(classes: Sequence[str], given: bool) -> str:
        names = _names(classes)
        missing = (
            f"The validation set that came with the images holds none of {names}"
            if given
            else f"No image of {names} is kept for validation"
        )
        advice = _ANEW if given else "Use a larger validation_share, or more images."
        return f"{missing}: how well it is recognized will not be seen. {advice}"

    @staticmethod
    def unlearned_classes(classes: Sequence[str], given: bool) -> str:
        advice = _ANEW if given else "Use smaller shares, or more images."
        return f"No image of {_names(classes)} is left to learn from. {advice}"

    @staticmethod
    def small_classes(classes: Sequence[str], fewer_than: int) -> str:
        return (
            f"There are fewer than {fewer_than} images to learn {_names(classes)} from. It may "
            "learn these few by heart; add images, or augmentation to the network."
        )

    @staticmethod
    def data_warning(warning: str) -> str:
        return warning

    @staticmethod
    def data_download(problem: Problem) -> str:
        return problem.words.sentences

    @staticmethod
    def data_unavailable(problem: Problem) -> str:
        return problem.words.sentences

    @staticmethod
    def no_such_device(device: str) -> str:
        return f"{device} is not on this machine. Choose auto or cpu."

    @staticmethod
    def images_too_large(images: int, shape: Sequence[int], needed: int, free: int) -> str:
        return (
            f"{images:,} images of {shape_words(shape)}, with Keras's copies of those to validate "
            f"or test with, need {in_words(needed)} of memory, {in_words(free)} are free. Use a "
            "smaller Input."
        )

    @staticmethod
    def batch_too_large(batch_size: int, needed: int, free: int, fitting: int | None) -> str:
        found = (
            f"Batches of {batch_size:,} images need about {in_words(needed)} of memory, "
            f"{in_words(free)} are free."
        )
        if fitting is None:
            return f"{found} Use fewer filters or a smaller Input."
        return f"{found} Up to {fitting:,} would fit."

    @staticmethod
    def several_gpus(device: str, gpus: int) -> str:
        return (
            f"This run trains on {device}, one of {gpus} GPUs; another run can train on another "
            "at the same time. One run on several is not offered: it could not be paused and "
            "resumed to the last bit."
        )

    @staticmethod
    def bfloat16_on_cpu() -> str:
        return (
            "On a CPU with AVX-512 mixed_bfloat16 takes less time than float32 for some networks "
            "and more for others: measured were 0.7 to 1.3 times as much."
        )

    @staticmethod
    def slow_precision(precision: str) -> str:
        return (
            f"{precision} makes this training several times slower on this CPU, where TensorFlow "
            "has no fast kernels for it. Use float32."
        )

    @staticmethod
    def xla_on_cpu() -> str:
        return (
            "On a CPU XLA takes seconds more to begin, and may be slower: measured were a fifth "
            "less time for LeNet-5 and an eighth more for a residual network."
        )


CODES = frozenset(name for name in vars(_Sentences) if not name.startswith("_"))
"""The codes that have a sentence."""


def shape_words(shape: Sequence[int]) -> str:
    """Writes a shape: `32×32×3`."""
    return "×".join(map(str, shape)) or "nothing"


def count(number: int, noun: str, plural: str = "") -> str:
    """Writes a number of things: `1 unit`, `1,000 units`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _names(names: Sequence[str]) -> str:
    """Classes or nodes by name, the first few of them."""
    more = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" and {more:,} more" if more > 0 else "")
