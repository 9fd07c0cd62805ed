"""A network as a `.keras` file with fresh weights, built by the exported script itself.

Keras runs in a short process: the app never imports it, and a model that is too large takes
nothing else down.
"""

import signal
from pathlib import Path
from threading import Event

from builder.codegen.keras.script import to_script
from builder.network.architecture import Architecture
from builder.network.inference import BYTES_PER_PARAM, infer
from builder.system import devices
from builder.system.errors import BuilderError
from builder.system.helper_process import Ended, run_module
from builder.system.machine_memory import machine_memory
from builder.system.temporary import temporary_folder
from builder.training.settings import TrainingSettings

MODULE = "builder.worker.fresh_model"

SECONDS = 600.0
"""What building and saving may take; importing Keras alone takes 5 s."""

COPIES = 3
"""Of the weights in memory while they are saved: the model's, Keras's buffer and the file's."""

_SMALLER = "use fewer filters or units"


def save_fresh_model(
    architecture: Architecture,
    path: Path,
    settings: TrainingSettings | None = None,
    *,
    cancel: Event | None = None,
    seconds: float = SECONDS,
) -> None:
    """Writes a model that was never trained; the weights are drawn by the settings' seed.

    Args:
        architecture: The network.
        path: The file; it is there as a whole or not at all.
        settings: As for the script.
        cancel: Ends the work as soon as it is set.
        seconds: What it may take.

    Raises:
        BuilderError: The network has errors, it is too large for this machine, or it was cancelled.
        OSError: The file's folder cannot be written.
    """
    script = to_script(architecture, settings)
    _check_memory(infer(architecture).total_params)
    with temporary_folder(path.name, path.parent) as folder:
        source, target = folder / "exported.py", folder / "model.keras"
        source.write_text(script, encoding="utf-8")
        ended = run_module(
            MODULE,
            [str(source), str(target)],
            seconds=seconds,
            environment={**devices.environment("cpu"), "TF_CPP_MIN_LOG_LEVEL": "3"},
            cancel=cancel,
        )
        _check(ended, seconds)
        target.replace(path)


def _check_memory(num_params: int) -> None:
    """Refuses what cannot be built here, before this machine comes to a standstill."""
    needed = COPIES * BYTES_PER_PARAM * num_params
    free = machine_memory().available
    if needed > free:
        raise BuilderError(
            f"the weights of {num_params:,} parameters need {needed / 1e9:,.1f} GB of memory to "
            f"save, {free / 1e9:,.1f} GB are free",
            _SMALLER,
        )


def _check(ended: Ended, seconds: float) -> None:
    """Says what was in the way, if anything was."""
    if ended.by == "cancelled":
        raise BuilderError("building the model was cancelled")
    if ended.by == "time":
        raise BuilderError(f"the model was not built within {seconds:.0f} seconds", _SMALLER)
    if ended.refusal:
        raise BuilderError(ended.refusal)
    if ended.status == -signal.SIGKILL:
        raise BuilderError(
            "building the model was killed, most likely for lack of memory", _SMALLER
        )
    if ended.status != 0:
        lines = ended.messages.strip().splitlines() or ["it said nothing"]
        raise BuilderError(f"building the model ended with status {ended.status}: {lines[-1]}")
