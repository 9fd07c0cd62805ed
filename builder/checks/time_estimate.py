"""Estimates how long a training will take, before it starts.

A measured step, in a run or in advance, is the best basis. Without a measurement of this step, its
seconds are taken as `a + b · MACs`, fitted to all measurements on this machine. A guess of `a` and
`b` takes part in the fit with little weight, scaled by the median ratio of the measurements to it.
So the first estimate on a new machine is only that guess, and one measurement corrects it as a
whole.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import median

import psutil

from builder.checks.speeds import Measured, Step, measured, step_of
from builder.network.inference import Inference
from builder.system.devices import Device, resolved
from builder.system.errors import BuilderError
from builder.training.counts import data_counts
from builder.training.settings import TrainingSettings

_GUESSED_OVERHEAD = 0.005
"""The seconds of a step that do not depend on the MACs."""
_GUESSED_CORE = 5e9
_GUESSED_GPU = 3e12
"""MACs a second, of one core and of a card."""
_GUESS_WEIGHT = 0.05
_FORWARD_SHARE = 1 / 3
"""The share of a step's seconds that evaluating as many images takes."""
_STARTUP = 8.0
_STARTUP_PER_LAYER = 0.03
"""Seconds until the first step is done: TensorFlow is imported, the step is traced."""
_WARM_STARTUP = 2.0
_LAST_STARTUPS = 5


class Basis(StrEnum):
    """The basis of an estimate, the best first."""

    RUN = "run"
    """An earlier run of the same network with the same batch."""
    STEP = "step"
    """Some steps of this training, done in advance."""
    MACHINE = "machine"
    """Other trainings on this machine: other networks, or this one with another batch."""
    GUESS = "guess"
    """No measurement."""


_BASIS_WORDS = {
    Basis.RUN: "by an earlier run of this network",
    Basis.STEP: "by its first steps, tried beforehand",
    Basis.MACHINE: "by other trainings on this machine",
    Basis.GUESS: "a guess: nothing was trained on this device yet",
}


@dataclass(frozen=True, slots=True)
class TimeEstimate:
    """An estimate.

    Attributes:
        seconds: From the press of Start to the end.
        basis: Its basis.
        at_most: Whether the training may end earlier.
    """

    seconds: float
    basis: Basis
    at_most: bool

    @property
    def words(self) -> str:
        """`about 4 min, by its first steps, tried beforehand`."""
        most = "at most " if self.at_most else ""
        return f"{most}{roughly(self.seconds)}, {_BASIS_WORDS[self.basis]}"


def estimate_time(
    home: Path,
    inference: Inference,
    settings: TrainingSettings,
    machine: Sequence[Device],
    *,
    epochs: float | None = None,
) -> TimeEstimate | None:
    """Estimates a training from its start to its end.

    Args:
        home: The data folder.
        inference: The network.
        settings: How it is trained.
        machine: The devices of this machine.
        epochs: Epochs still to be trained; None for all.

    Returns:
        None where the network has errors, the data are gone, or another machine trains.
    """
    if not inference.ok or not settings.is_local:
        return None
    try:
        counts = data_counts(settings)
    except BuilderError:
        return None
    device = resolved(settings.device, machine)
    known = measured(home)
    step = step_of(inference, settings, device)
    seconds, basis = seconds_per_step(step, known, _guessed_rate(device))
    looks = _FORWARD_SHARE * seconds / settings.batch_size
    epoch = counts.batches_per_epoch * seconds + counts.val_images * looks
    last_looks = (counts.val_images + counts.test_images) * looks
    startup = _startup(known, inference, rehearsed=basis is Basis.STEP)
    total = startup + (settings.epochs if epochs is None else epochs) * epoch + last_looks
    return TimeEstimate(total, basis, settings.patience is not None)


def seconds_per_step(
    step: Step, known: Sequence[Measured], guessed_rate: float
) -> tuple[float, Basis]:
    """How long a step takes, and the basis of that.

    Args:
        step: The step.
        known: The measurements.
        guessed_rate: MACs a second of a device without measurements.
    """
    for one in reversed(known):
        if one.step.key == step.key:
            return one.seconds, Basis.RUN if one.by_run else Basis.STEP
    of_kind = [one for one in known if one.step.kind == step.kind]
    overhead, per_mac = _fitted(of_kind, guessed_rate)
    return overhead + per_mac * step.macs, Basis.MACHINE if of_kind else Basis.GUESS


def _fitted(known: Sequence[Measured], guessed_rate: float) -> tuple[float, float]:
    """The `a` and `b` whose relative errors are least, by least squares."""
    points = [(one.step.macs / guessed_rate, one.seconds, 1.0) for one in known]
    slowness = median(y / (_GUESSED_OVERHEAD + x) for x, y, _ in points) if points else 1.0
    points += [(x, slowness * (_GUESSED_OVERHEAD + x), _GUESS_WEIGHT) for x in (0.0, 1.0)]
    weights = [(x, y, weight / y**2) for x, y, weight in points]
    n = sum(w for _, _, w in weights)
    mean_x = sum(w * x for x, _, w in weights) / n
    mean_y = sum(w * y for _, y, w in weights) / n
    spread = sum(w * (x - mean_x) ** 2 for x, _, w in weights)
    slope = sum(w * (x - mean_x) * (y - mean_y) for x, y, w in weights) / spread
    overhead = mean_y - slope * mean_x
    if slope <= 0:  # small steps only, of which the overhead is all that shows
        return mean_y, slowness / guessed_rate
    if overhead <= 0:  # large steps only
        through_zero = sum(w * x * y for x, y, w in weights) / sum(w * x * x for x, _, w in weights)
        return 0.0, through_zero / guessed_rate
    return overhead, slope / guessed_rate


def _startup(known: Sequence[Measured], inference: Inference, *, rehearsed: bool) -> float:
    """Seconds until the first step is done; by the last runs, where there were any."""
    if rehearsed:  # a worker waits that has done all this
        return _WARM_STARTUP
    last = [one.startup for one in known if one.startup is not None][-_LAST_STARTUPS:]
    return median(last) if last else _STARTUP + _STARTUP_PER_LAYER * inference.num_layers


def _guessed_rate(device: str) -> float:
    if device != "cpu":
        return _GUESSED_GPU
    return _GUESSED_CORE * (psutil.cpu_count(logical=False) or psutil.cpu_count() or 1)


def roughly(seconds: float) -> str:
    """Writes a time as exactly as an estimate may be: `about 40 s`, `about 4 min`, `about 3½ h`."""
    if seconds < 95:
        return f"about {max(10, round(seconds / 10) * 10)} s"
    minutes = seconds / 60
    if minutes < 10:
        return f"about {round(minutes)} min"
    if minutes < 58:
        return f"about {round(minutes / 5) * 5} min"
    hours = seconds / 3600
    if hours < 10:
        whole, half = divmod(round(hours * 2), 2)
        return f"about {whole}{'½' if half else ''} h"
    if hours < 47:
        return f"about {round(hours)} h"
    return f"about {math.ceil(hours / 24 - 0.5)} days"
