"""Whether a data set is available on this machine, found without Keras and scikit-learn."""

import importlib.util
import os
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from builder.datasets.own_images import shelf
from builder.datasets.published import CachedFile, Dataset, catalogue, dataset

AvailabilityState = Literal["cached", "download", "unavailable"]
PROBE_SECONDS = 3.0

_TEMPORARY = Path("/tmp")  # where Keras looks too


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a data set is available, and a sentence that says why and what works now."""

    state: AvailabilityState
    message: str


def keras_folder() -> Path:
    """Keras's folder for downloads, found as Keras does."""
    if "KERAS_HOME" in os.environ:
        base = Path(os.environ["KERAS_HOME"]).expanduser()
    else:
        home = Path.home()
        base = (home if os.access(home, os.W_OK) else _TEMPORARY) / ".keras"
    if base.exists() and not os.access(base, os.W_OK):
        base = _TEMPORARY / ".keras"
    return base / "datasets"


def availability(name: str, *, probe: bool = False) -> Availability:
    """Finds out whether a data set is available.

    Args:
        name: A data set's name.
        probe: Also tries to reach the host, for at most three seconds.

    Raises:
        ParameterError: There is no such data set.
    """
    try:
        chosen = dataset(name)
    except shelf.OwnDataError as error:
        return Availability("unavailable", f"{_sentence(error.message)} {_sentence(error.fix)}")
    if chosen.folder:
        return Availability("cached", f"{chosen.title} are on this machine.")
    if not chosen.host:
        return _digits_availability(chosen)
    missing = [file for file in chosen.files if not _is_cached(file)]
    if not missing:
        return Availability("cached", f"{chosen.title} is on this machine.")
    megabytes = sum(file.size for file in missing) / 1e6
    if probe and not _reachable(chosen.host):
        return Availability(
            "unavailable",
            f"{chosen.title} is not on this machine and {chosen.host} cannot be reached to "
            f"download it ({megabytes:,.0f} MB). {_what_works_now()}",
        )
    return Availability(
        "download",
        f"{chosen.title} will be downloaded from {chosen.host} once ({megabytes:,.0f} MB).",
    )


def digits_file() -> Path | None:
    """scikit-learn's file of digits, found without importing scikit-learn."""
    spec = importlib.util.find_spec("sklearn")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        path = Path(folder) / "datasets" / "data" / "digits.csv.gz"
        if path.is_file():
            return path
    return None


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _digits_availability(chosen: Dataset) -> Availability:
    if digits_file() is None:
        return Availability(
            "unavailable",
            f"{chosen.title} come with scikit-learn, which is not installed. "
            "Install it with pip install scikit-learn.",
        )
    return Availability("cached", f"{chosen.title} come with scikit-learn and need no network.")


def _is_cached(file: CachedFile) -> bool:
    try:
        size = (keras_folder() / file.path).stat().st_size
    except OSError:
        return False
    return size == file.size if file.verified else size > 0


def _what_works_now() -> str:
    works = [
        item.title for item in catalogue().values() if availability(item.name).state == "cached"
    ]
    if not works:
        return "Connect to the network and try again."
    return f"What works now: {', '.join(works)}."


def _reachable(host: str) -> bool:
    """Tries to connect. The wait covers the look-up of the name, which has no time limit itself."""
    reached = threading.Event()

    def connect() -> None:
        try:
            with socket.create_connection((host, 443), timeout=PROBE_SECONDS):
                reached.set()
        except OSError:
            pass

    attempt = threading.Thread(target=connect, name="probe", daemon=True)
    attempt.start()
    attempt.join(PROBE_SECONDS)
    return reached.is_set()
