"""The exported notebook: the same code as the script, in cells that can be run one by one.

Nothing is read back from the script's text: both are assembled from the same parts. What a script
does in `main()` is done here in cells, in the same order and with the same seed.
"""

import importlib
import re
from dataclasses import dataclass
from typing import Any

from builder.blocks.costs import format_shape
from builder.codegen.keras.script import ScriptParts, script_parts
from builder.codegen.keras.training_source import ADAPT_CALL, LAST_TEST, TrainingSource
from builder.network.architecture import Architecture
from builder.network.inference import Inference, infer
from builder.training.settings import TrainingSettings

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell: `markdown` or `code`, and an id that stays the same from export to export."""

    kind: str
    id: str
    source: str


def to_notebook(architecture: Architecture, settings: TrainingSettings | None = None) -> str:
    """Writes a network as a Jupyter notebook, format 4.5.

    Args:
        architecture: The network.
        settings: How it is trained; without them the notebook trains on random images of the right
            shape, to be replaced by one's own data.

    Raises:
        BuilderError: The network has errors; the message names the first.
    """
    parts = script_parts(architecture, settings)
    cells = _network_cells(infer(architecture), parts)
    cells += _training_cells(parts.training) if parts.training else _own_training_cells()
    # Half a second to import: the app pays for it when the first notebook is written.
    nbformat: Any = importlib.import_module("nbformat")
    made = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    content = nbformat.v4.new_notebook(
        metadata=_METADATA, cells=[made[cell.kind](cell.source, id=cell.id) for cell in cells]
    )
    nbformat.validate(content)
    return nbformat.writes(content) + "\n"


def _network_cells(inference: Inference, parts: ScriptParts) -> list[_Cell]:
    cells = [
        _Cell("markdown", "title", _title(inference)),
        _Cell("code", "imports", "\n\n".join(filter(None, (parts.imports, parts.recursion)))),
    ]
    words = "## The network"
    if parts.modules:
        words += "\n\nEach block in use is one function; `build_model` puts them together."
    words += "\n\nThis section and the imports are the model alone; they run without the rest."
    cells.append(_Cell("markdown", "network-words", words))
    cells += [
        _Cell("code", f"module-{number}", text) for number, text in enumerate(parts.modules, 1)
    ]
    cells.append(_Cell("code", "build-model", parts.build_model))
    if parts.training:
        cells += [
            _Cell("markdown", "settings-words", "## Settings"),
            _Cell("code", "settings", parts.training.constants),
        ]
    seed = "keras.utils.set_random_seed(SEED)\n" if parts.training else ""
    return [*cells, _Cell("code", "summary", f"{seed}model = build_model()\nmodel.summary()")]


def _training_cells(training: TrainingSource) -> list[_Cell]:
    arguments = "model, data, make_callbacks()" if training.has_callbacks else "model, data"
    return [
        _Cell("markdown", "data-words", "## Data"),
        _Cell("code", "data", training.data),
        _Cell("code", "load-data", _LOAD_DATA),
        *(
            [_Cell("code", "adapt", f"{training.adapt}\n\n\n{ADAPT_CALL}")]
            if training.adapt
            else []
        ),
        _Cell("markdown", "training-words", "## Training"),
        _Cell("code", "compile", f"{training.compile_model}\n\n\ncompile_model(model)"),
        _Cell("code", "train", f"{training.train}\n\n\nhistory = train({arguments}).history"),
        _Cell("markdown", "curves-words", "## Curves"),
        _Cell("code", "curves", _CURVES),
        _Cell("markdown", "evaluation-words", "## Evaluation\n\nOn the validation images."),
        _Cell("code", "evaluation", _EVALUATION),
        *([_Cell("code", "last-test", LAST_TEST)] if training.has_test else []),
        _Cell("code", "save", 'model.save(f"{NAME}.keras")'),
    ]


def _own_training_cells() -> list[_Cell]:
    """Replaces the training of a network that does not classify."""
    words = (
        "## Training\n\nThis network does not give one class for one image. Load images and "
        "targets of your own, then go on with `model.compile(…)` and `model.fit(…)`."
    )
    return [_Cell("markdown", "training-words", words)]


def _title(inference: Inference) -> str:
    """The name, and the figures as a table."""
    inputs = ", ".join(format_shape(shape) for shape in inference.input_shapes)
    outputs = ", ".join(format_shape(shape) for shape in inference.output_shapes if shape)
    figures = {
        "Input": inputs,
        "Output": outputs,
        "Parameters": f"{inference.total_params:,}",
        "of them trained": f"{inference.trainable_params:,}",
        "Multiply-accumulates for one image": f"{inference.macs:,}",
        "Keras layers": f"{inference.num_layers:,}",
    }
    rows = "\n".join(f"| {name} | {value} |" for name, value in figures.items())
    return (
        f"# {_plain(inference.architecture.name)}\n\n| | |\n|:--|--:|\n{rows}\n\n"
        "Shapes are without the batch axis. Exported from Convstack; runs under Keras 3 and NumPy, "
        "with matplotlib for the curves if it is installed."
    )


def _plain(text: str) -> str:
    """Keeps any text from being read as Markdown, HTML or a formula."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


_LOAD_DATA = """\
data = load_data()
for name, (images, labels) in zip(("training", "validation", "test"), data, strict=False):
    print(f"{name}: {len(images):,} images {images[0].shape}, labels {labels.shape}")"""

_CURVES = '''\
try:
    import matplotlib.pyplot as plt
except ImportError:
    plt = None  # the figures are printed instead; for curves: pip install matplotlib


def show(history):
    """Draws each metric over the epochs, training and validation together."""
    metrics = [name for name in history if f"val_{name}" in history]
    epochs = range(1, len(history["loss"]) + 1)
    if plt is None:
        for epoch in epochs:
            values = (f"{name} {values[epoch - 1]:.4f}" for name, values in history.items())
            print(f"epoch {epoch}:", ", ".join(values))
        return
    figure, axes = plt.subplots(1, len(metrics), figsize=(5 * len(metrics), 3.5), squeeze=False)
    for axis, name in zip(axes[0], metrics, strict=True):
        axis.plot(epochs, history[name], marker=".", label="training")
        axis.plot(epochs, history[f"val_{name}"], marker=".", label="validation")
        axis.set(title=name, xlabel="epoch")
        axis.legend()
    figure.tight_layout()
    plt.show()


show(history)'''

_EVALUATION = """\
images, labels = data[1]
for name, value in model.evaluate(images, labels, batch_size=BATCH_SIZE, return_dict=True).items():
    print(f"{name}: {value:.4f}")"""
