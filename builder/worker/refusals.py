"""What a worker refuses before it begins."""

from collections.abc import Sequence
from typing import Any

from builder.runs.run_folder import RunError


def check_script(script: Any) -> None:
    """Refuses a script whose images come in an order that cannot be drawn again.

    Others have `batches`; those of version 0.1 have `Batches`.

    Raises:
        RunError: It was written before trainings could be resumed.
    """
    if not (hasattr(script, "batches") or hasattr(script, "Batches")):
        raise RunError(
            "its script was written by an earlier version, whose trainings cannot be resumed",
            "train the network once more",
        )


def check_together(together: int, num_batches: int) -> None:
    """Refuses a number of steps that does not divide an epoch: Keras would run into the next epoch.

    Raises:
        RunError: It does not divide an epoch.
    """
    if num_batches % together:
        raise RunError(
            f"steps_per_execution: received {together}, expected a divisor of the {num_batches:,} "
            "batches of an epoch",
            "choose another one, or another batch_size",
        )


def choose_device(keras: Any, wanted: str) -> str:
    """The device that Keras will use.

    Args:
        keras: The module.
        wanted: The setting `device`.

    Raises:
        RunError: A GPU was asked for, and Keras sees none.
    """
    names: Sequence[str] = keras.distribution.list_devices()  # the best kind that there is
    on_gpu = any(not name.lower().startswith("cpu") for name in names)
    if not on_gpu and wanted.startswith("gpu"):
        raise RunError(
            f"{wanted} was asked for, but Keras sees no GPU",
            "install tensorflow[and-cuda], or choose cpu as the device",
        )
    if not on_gpu:
        return "cpu"
    return wanted if wanted.startswith("gpu") else "gpu:0"
