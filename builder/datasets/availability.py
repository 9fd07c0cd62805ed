"""Whether a data set is available on this machine, found without Keras and scikit-learn."""

import importlib.util
import os
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from pathlib import Path
from typing import Any

from builder.datasets.own_images import shelf
from builder.datasets.published import CachedFile, Dataset, catalogue, dataset
from builder.system.errors import Code, Problem, Words

PROBE_SECONDS = 3.0

_TEMPORARY = Path("/tmp")  # where Keras looks too


class Reach(StrEnum):
    """Whether a data set can be had."""

    CACHED = auto()
    """It is on this machine."""
    DOWNLOAD = auto()
    """It is downloaded when it is needed."""
    UNAVAILABLE = auto()


class AvailabilityCode(Code):
    """Why a data set can be had, or not."""

    ON_THIS_MACHINE = auto()
    WITH_SCIKIT_LEARN = auto()
    NO_SCIKIT_LEARN = auto()
    DOWNLOADED_ONCE = auto()
    UNREACHABLE = auto()

    def words(self, **fields: Any) -> Words:
        return getattr(_Words, self)(**fields)


class _Words:
    """The functions by their codes."""

    @staticmethod
    def on_this_machine(title: str, own: bool) -> Words:
        return Words(f"{title} {'are' if own else 'is'} on this machine")

    @staticmethod
    def with_scikit_learn(title: str) -> Words:
        return Words(f"{title} come with scikit-learn and need no network")

    @staticmethod
    def no_scikit_learn(title: str) -> Words:
        return Words(
            f"{title} come with scikit-learn, which is not installed",
            "install it with pip install scikit-learn",
        )

    @staticmethod
    def downloaded_once(title: str, host: str, megabytes: float) -> Words:
        return Words(f"{title} will be downloaded from {host} once ({megabytes:,.0f} MB)")

    @staticmethod
    def unreachable(title: str, host: str, megabytes: float, works: Sequence[str]) -> Words:
        return Words(
            f"{title} is not on this machine and {host} cannot be reached to download it "
            f"({megabytes:,.0f} MB)",
            f"what works now: {', '.join(works)}"
            if works
            else "connect to the network and try again",
        )


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a data set is available.

    Attributes:
        state: Whether it can.
        problem: Why, and what works now where it cannot.
    """

    state: Reach
    problem: Problem

    @property
    def message(self) -> str:
        """The same in a sentence or two."""
        return self.problem.words.sentences


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
        return Availability(Reach.UNAVAILABLE, error.problem)
    if chosen.folder:
        return _available(Reach.CACHED, AvailabilityCode.ON_THIS_MACHINE, chosen, own=True)
    if not chosen.host:
        return _digits_availability(chosen)
    missing = [file for file in chosen.files if not _is_cached(file)]
    if not missing:
        return _available(Reach.CACHED, AvailabilityCode.ON_THIS_MACHINE, chosen, own=False)
    megabytes = sum(file.size for file in missing) / 1e6
    if probe and not _reachable(chosen.host):
        return _available(
            Reach.UNAVAILABLE,
            AvailabilityCode.UNREACHABLE,
            chosen,
            host=chosen.host,
            megabytes=megabytes,
            works=_what_works_now(),
        )
    return _available(
        Reach.DOWNLOAD,
        AvailabilityCode.DOWNLOADED_ONCE,
        chosen,
        host=chosen.host,
        megabytes=megabytes,
    )


def digits_file() -> Path | None:
    """scikit-learn's file of digits, found without importing scikit-learn."""
    spec = importlib.util.find_spec("sklearn")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        path = Path(folder) / "datasets" / "data" / "digits.csv.gz"
        if path.is_file():
            return path
    return None


def _available(
    state: Reach, code: AvailabilityCode, chosen: Dataset, **fields: Any
) -> Availability:
    return Availability(state, Problem(code, {"title": chosen.title, **fields}))


def _digits_availability(chosen: Dataset) -> Availability:
    if digits_file() is None:
        return _available(Reach.UNAVAILABLE, AvailabilityCode.NO_SCIKIT_LEARN, chosen)
    return _available(Reach.CACHED, AvailabilityCode.WITH_SCIKIT_LEARN, chosen)


def _is_cached(file: CachedFile) -> bool:
    try:
        size = (keras_folder() / file.path).stat().st_size
    except OSError:
        return False
    return size == file.size if file.verified else size > 0


def _what_works_now() -> tuple[str, ...]:
    """The titles of the published data sets that are on this machine."""
    sets = catalogue().values()
    return tuple(one.title for one in sets if availability(one.name).state == Reach.CACHED)


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
