"""Where runs train: on this machine, one at a time on each device, or on a Ray cluster.

A cluster decides itself how many runs it trains at a time, by its CPUs and GPUs; each run has a
process here that mirrors it, and these are what is limited.
"""

import importlib.util
import os

from builder.datasets.names import OWN
from builder.runs.run_folder import RunError
from builder.training.settings import LOCAL, TrainingSettings

MOST_RUNS = "CONVSTACK_CLUSTER_RUNS"
"""The variable that says how many runs may be on one cluster at a time."""
USUAL_RUNS = 8
"""Without it. Each run takes a process here of some 150 MB."""


def require(settings: TrainingSettings) -> None:
    """Checks that a run can be given to the machine that it is to train on.

    Raises:
        RunError: It is to train on a cluster, and Ray is not installed here, or its images are on
            this machine only.
    """
    if settings.is_local:
        return
    if importlib.util.find_spec("ray") is None:
        raise RunError(
            f"run_on: received {settings.run_on}, but Ray is not installed",
            f"pip install -r requirements-ray.txt, or choose {LOCAL}",
        )
    if settings.dataset.startswith(OWN):
        raise RunError(
            f"run_on: received {settings.run_on} with images of your own, which are on this "
            "machine only",
            f"choose {LOCAL}, or a published data set",
        )


def num_places(place: str) -> int:
    """How many runs may train at a time.

    Args:
        place: A device of this machine, or the address of a cluster.
    """
    if not place.startswith("ray://"):
        return 1
    given = os.environ.get(MOST_RUNS, "")
    return max(int(given), 1) if given.isdecimal() else USUAL_RUNS
