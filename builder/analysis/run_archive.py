"""A run as one zip: what was trained and how, the results, and how to repeat it."""

import csv
import io
import textwrap
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from builder.analysis.evaluation import EVALUATION
from builder.analysis.prediction import usual_ranges
from builder.analysis.tensorboard import write_events
from builder.datasets.names import OWN
from builder.datasets.own_images.value_range import words
from builder.network.inference import infer
from builder.network.layer_paths import layer_titles
from builder.runs.changes import CHANGES
from builder.runs.run_folder import Run
from builder.runs.run_state import (
    ARCHITECTURE,
    BEST,
    CONFIG,
    HISTORY,
    LOG,
    MODEL,
    PREDICTIONS,
    SCRIPT,
    STATE,
)
from builder.runs.trained_network import trained_network
from builder.system.disk_errors import explained
from builder.system.errors import BuilderError
from builder.system.temporary import temporary_folder

_FILES = {
    SCRIPT: "what was trained; runs on its own",
    ARCHITECTURE: "the network; opens in Convstack",
    CONFIG: "the settings",
    CHANGES: "what was changed of them after the start",
    STATE: "how it ended",
    HISTORY: "one row an epoch",
    LOG: "what the training printed",
    MODEL: "the trained model, for keras.models.load_model",
    BEST: "the model of the best epoch",
    PREDICTIONS: "each validation image: its file, its class, and what the model says",
    EVALUATION: "the confusion matrix and the worst mistakes, for numpy.load",
}
_OWN_IMAGES = (
    f"The images are not in here: {SCRIPT} reads them from the folder that its DATA names. On\n"
    "another machine, copy that folder and write its new place there.\n\n"
)
LAYERS = "layers.csv"
_LAYERS = "how the layers of the trained model are called in the network"
_PACKAGES = ("keras", "tensorflow", "numpy", "scikit-learn")


def write_archive(run: Run, target: Path) -> None:
    """Writes the zip.

    Args:
        run: A run that is not training.
        target: The file.

    Raises:
        BuilderError: There is nothing of it yet, or the disk is full.
    """
    present = [name for name in _FILES if (run.folder / name).is_file()]
    if SCRIPT not in present:
        raise BuilderError(f"run {run.id}: its script is missing", "train the network once more")
    with (
        explained("the zip could not be written", where=target.parent),
        temporary_folder("archive") as temporary,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in present:
            archive.write(run.folder / name, f"{run.id}/{name}")
        write_events(run.folder, temporary)
        for path in sorted(temporary.rglob("*")):
            if path.is_file():
                place = path.relative_to(temporary).as_posix()
                archive.write(path, f"{run.id}/tensorboard/{place}")
        layers = _layers(run)
        if layers:
            archive.writestr(f"{run.id}/{LAYERS}", layers)
        archive.writestr(f"{run.id}/requirements.txt", "".join(_requirements()))
        archive.writestr(f"{run.id}/README.txt", _read_me(run, present, bool(layers)))


def _layers(run: Run) -> str:
    """The layers' names in Keras, as in the trained model, and our names, as CSV."""
    try:
        known = layer_titles(infer(trained_network(run.folder)))
    except BuilderError:
        return ""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("keras_name", "name"))
    rows.writerows(known.items())
    return text.getvalue()


def _requirements() -> Iterator[str]:
    """The packages that the script needs, as they are installed here."""
    for name in _PACKAGES:
        try:
            yield f"{name}=={version(name)}\n"
        except PackageNotFoundError:
            continue


def _read_me(run: Run, present: list[str], has_layers: bool) -> str:
    about = {name: _FILES[name] for name in present} | ({LAYERS: _LAYERS} if has_layers else {})
    files = "\n".join(f"  {name:20} {words}" for name, words in about.items())
    own = run.settings is not None and run.settings.dataset.startswith(OWN)
    values = f"Images for the model are converted as those were. {words(usual_ranges(run))}"
    converted = f"{textwrap.fill(values, 88)}\n\n" if own else ""
    return (
        f"{run.name}, trained as run {run.id}\n\n"
        "To train it once more:\n\n"
        "  pip install -r requirements.txt\n"
        f"  python {SCRIPT}\n\n"
        f"{_OWN_IMAGES if own else ''}{converted}"
        "To look at its curves in TensorBoard:\n\n"
        "  tensorboard --logdir tensorboard\n\n"
        f"Files:\n\n{files}\n"
    )
