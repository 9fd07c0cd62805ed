"""Saves a network as a `.keras` file with fresh weights, built by the exported script itself.

Keras runs in a short process: the app never imports it, and a model that is too large does no other
harm.
"""

import signal
from pathlib import Path
from threading import Event

from builder.codegen.keras.script import to_script
from builder.network.architecture import Architecture
from builder.network.inference import BYTES_PER_PARAM, infer
from builder.system import devices
from builder.system.errors import BuilderError
from builder.system.helper_process import Ended, EndedBy, run_module
from builder.system.machine_memory import machine_memory
from builder.system.temporary import temporary_folder
from builder.training.settings import TrainingSettings

MODULE = "builder.worker.fresh_model"

SECONDS = 600.0
"""The most seconds for building and saving; importing Keras alone takes 5 s."""

COPIES = 3
"""Copies of the weights in memory during saving: the model's, Keras's buffer and the file's."""

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
        path: The file, which is written completely or not at all.
        settings: As for the script.
        cancel: Ends the work as soon as it is set.
        seconds: The most that it may take.

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
    """Refuses a model that is too large for this machine before it brings it to a standstill."""
    needed = COPIES * BYTES_PER_PARAM * num_params
    free = machine_memory().available
    if needed > free:
        raise BuilderError(
            f"the weights of {num_params:,} parameters need {needed / 1e9:,.1f} GB of memory to "
            f"save, {free / 1e9:,.1f} GB are free",
            _SMALLER,
        )


def _check(ended: Ended, seconds: float) -> None:
    """Raises what was in the way, if anything was."""
    if ended.by == EndedBy.CANCELLED:
        raise BuilderError("building the model was cancelled")
    if ended.by == EndedBy.TIME:
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
