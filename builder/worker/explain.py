"""Words for what can go wrong in a training: what was received, expected, and what to do."""

import re
from collections.abc import Callable, Mapping

from builder.datasets.availability import Reach, availability
from builder.datasets.names import OWN
from builder.datasets.published import catalogue
from builder.system.disk_errors import what_helps
from builder.system.errors import BuilderError, Words
from builder.training.settings import TrainingSettings

_MAX_LENGTH = 400
_LAYER = re.compile(r"(?<=['\"/])[A-Za-z]\w*(?=['\"/])")
"""Where a name of a layer stands in a message, as other words do not."""

_Rule = Callable[[str, TrainingSettings], Words | None]


def explain(
    error: BaseException,
    settings: TrainingSettings,
    stage: str,
    names: Mapping[str, str] | None = None,
) -> Words:
    """Says what happened, and what to do about it.

    Args:
        error: What was raised.
        settings: What the training was asked for.
        stage: What it was doing, in words.
        names: The network's own names of its layers, by Keras's; None where they are not known.
    """
    if isinstance(error, BuilderError):
        return error.problem.words
    text = f"{type(error).__name__}: {error}"
    for rule in _RULES:
        words = rule(text, settings)
        if words:
            return words
    return Words(f"an error while {stage}: {_in_network(_first_line(error), names or {})}")


def _in_network(text: str, names: Mapping[str, str]) -> str:
    """Keras's message with the network's own names: `layer "dense_1"`, `net/dense_1/MatMul`."""
    return _LAYER.sub(lambda found: names.get(found[0], found[0]), text)


def _out_of_memory(text: str, settings: TrainingSettings) -> Words | None:
    if not re.search(
        r"MemoryError|ResourceExhausted|OOM when|out of memory|RESOURCE_EXHAUSTED", text
    ):
        return None
    return Words(
        f"the memory was not enough for batches of {settings.batch_size} images",
        "use a smaller batch_size, fewer filters, or a smaller input",
    )


def _unreachable(text: str, settings: TrainingSettings) -> Words | None:
    chosen = catalogue().get(settings.dataset)
    if chosen is None or not re.search(r"URL fetch failure|URLError|timed out", text):
        return None
    return Words(
        f"{chosen.title} could not be downloaded from {chosen.host}: no connection",
        "connect to the network, or choose a data set that is on this machine, such as digits",
    )


def _own_images_gone(text: str, settings: TrainingSettings) -> Words | None:
    if not settings.dataset.startswith(OWN) or not re.search(r"FileNotFound.*\.npy", text):
        return None
    found = availability(settings.dataset)
    return found.problem.words if found.state == Reach.UNAVAILABLE else None


def _no_scikit_learn(text: str, settings: TrainingSettings) -> Words | None:
    if "No module named 'sklearn'" not in text:
        return None
    return Words(
        f"the data set {settings.dataset} comes with scikit-learn, which is not installed",
        "install it with pip install scikit-learn",
    )


def _disk_full(text: str, _: TrainingSettings) -> Words | None:
    """HDF5 gives the error's number, SQLite a sentence of its own."""
    if re.search(r"No space left on device|database or disk is full|errno = 28\b", text):
        return Words("the disk is full", f"{what_helps()}, then resume the run")
    if re.search(r"File too large|Disk quota exceeded|errno = (?:27|122)\b", text):
        return Words("the disk's quota is used up", f"{what_helps()}, then resume the run")
    return None


def _label_out_of_range(text: str, _: TrainingSettings) -> Words | None:
    found = re.search(
        r"label value of (-?\d+) which is outside the valid range of \[0, (\d+)\)", text
    )
    if not found:
        return None
    return Words(
        f"the data hold class {found[1]}, but the model has only {found[2]} outputs",
        "give the last layer as many units as there are classes",
    )


def _wrong_input(text: str, _: TrainingSettings) -> Words | None:
    found = re.search(
        r"expected shape[ =]\(?(.+?)\)?, (?:but input has|found).*?shape[ =]?\(?([^)]+)\)",
        text,
        re.I,
    )
    if not found:
        return None
    return Words(
        f"the model received images of shape ({found[2]}), expected ({found[1]})",
        "set the input's shape to that of the data",
    )


def _incompatible_labels(text: str, _: TrainingSettings) -> Words | None:
    found = re.search(r"target\.shape=(\S.*?\)), output\.shape=(\S.*?\))", text)
    found = found or re.search(r"Shapes (\(.+?\)) and (\(.+?\)) are incompatible", text)
    if not found:
        return None
    return Words(
        f"the loss received labels of shape {found[1]} and outputs of shape {found[2]}, which do "
        "not fit together",
        "set the loss to auto, and give the last layer one unit per class",
    )


_RULES: tuple[_Rule, ...] = (
    _out_of_memory,
    _unreachable,
    _own_images_gone,
    _no_scikit_learn,
    _disk_full,
    _label_out_of_range,
    _wrong_input,
    _incompatible_labels,
)
_NOISE = re.compile(r"Graph execution error|Detected at|Stack trace|File \"|\s|\[\[")


def _first_line(error: BaseException) -> str:
    """The first line that says something, without where in Keras it was said."""
    lines = [line for line in str(error).splitlines() if line.strip() and not _NOISE.match(line)]
    text = lines[0].strip() if lines else str(error).strip() or type(error).__name__
    return text if len(text) <= _MAX_LENGTH else text[: _MAX_LENGTH - 1] + "…"
