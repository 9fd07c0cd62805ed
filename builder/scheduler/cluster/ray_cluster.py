"""A Ray cluster, reached through Ray's client. The only file that imports Ray.

This package travels with each run (`py_modules`); what it needs, requirements.txt, has to be
installed on the cluster's machines. The side of a run there is an actor, which Ray places where
there is a CPU or a GPU for it, and ends when this process is gone.
"""

import contextlib
import importlib
import logging
import os
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import builder
from builder.scheduler.cluster.remote_run import RemoteRun
from builder.scheduler.cluster.reports import ClusterError, Known, NodeLostError, Report
from builder.system.disk_errors import reason
from builder.training.settings import LOCAL

ANSWER_SECONDS = 120.0
"""How long a machine that lives may take for an answer."""
_CONNECT_SECONDS = 10.0
_CONNECT_TRIES = 3
_GPU = "GPU"

log = logging.getLogger("convstack.cluster")


class RayCluster:
    """A connection to a cluster; a process has one at most.

    Args:
        address: As in the setting `run_on`.

    Raises:
        ClusterError: Ray is not installed here, or the cluster does not answer or refuses.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            self._ray: Any = importlib.import_module("ray")
        except ImportError as error:
            raise ClusterError(
                f"Ray cannot be imported: {error}",
                f"pip install -r requirements-ray.txt, or train with run_on {LOCAL}",
            ) from None
        _knock(address)
        self._connect()
        self._has_gpu = self._num_gpus() > 0

    def _connect(self) -> None:
        """Connects; the cluster forks a process for that, which may fail for no reason of ours."""
        package = Path(builder.__file__).parent
        code = {"py_modules": [str(package)], "excludes": ["**/__pycache__"]}
        for tries_left in reversed(range(_CONNECT_TRIES)):
            try:
                self._ray.init(self._address, runtime_env=code, log_to_driver=False)
            except ConnectionError as error:
                if not tries_left:
                    raise _refused(self._address, error) from error
                log.warning("the cluster did not let us in (%s); once more", _last_line(error))
                self.close()
            except Exception as error:  # whatever Ray raises, the person has to be told
                raise _refused(self._address, error) from error
            else:
                return

    def _num_gpus(self) -> float:
        try:
            return self._ray.cluster_resources().get(_GPU, 0)
        except Exception as error:
            raise _refused(self._address, error) from error

    def begin(self, run_id: str, device: str) -> "RayRun":
        """Asks for a place for a run, with a GPU where its `device` wants one.

        Args:
            run_id: The run's.
            device: The setting; `auto` takes a GPU where the cluster has one.

        Raises:
            ClusterError: The cluster does not answer.
        """
        uses_gpu = device.startswith("gpu") or (device == "auto" and self._has_gpu)
        waits_for = f"a free {_GPU if uses_gpu else 'CPU'} of the cluster"
        if uses_gpu and not self._has_gpu:
            waits_for = "a GPU, of which the cluster has none now"
        try:
            kind = self._ray.remote(RemoteRun).options(
                num_cpus=1, num_gpus=int(uses_gpu), max_restarts=0
            )
            actor = kind.remote(run_id, uses_gpu=uses_gpu)
        except Exception as error:
            raise _refused(self._address, error) from error
        return RayRun(self._ray, actor, waits_for)

    def close(self) -> None:
        """Leaves the cluster; what this process has begun there ends."""
        with contextlib.suppress(Exception):
            self._ray.shutdown()


class RayRun:
    """The side of a run on the cluster, as called from here.

    Args:
        ray: The module.
        actor: A handle of the actor, a `RemoteRun`.
        waits_for: What it waits for until it has its place, in words.
    """

    def __init__(self, ray: Any, actor: Any, waits_for: str) -> None:
        self._ray = ray
        self._actor = actor
        self._waits_for = waits_for
        self._first = actor.__ray_ready__.remote()
        self._is_ready = False

    def waits_for(self) -> str:
        """What it waits for, in words; empty once it has its place.

        Raises:
            ClusterError: It cannot begin there; a NodeLostError where its machine died meanwhile.
        """
        if not self._ask(lambda: self._ray.wait([self._first], timeout=0)[0]):
            return self._waits_for
        self._get(self._first)
        self._is_ready = True
        return ""

    def put(self, name: str, content: bytes) -> None:
        """Adds bytes to the end of a file in the run's folder."""
        self._call("put", name, content)

    def start(self) -> None:
        """Starts the worker, once all files are there."""
        self._call("start")

    def report(self, known: Known) -> Report:
        """Says what is new."""
        return self._call("report", known)

    def read(self, number: int, name: str, offset: int, size: int) -> bytes:
        """Reads a part of a file of a snapshot."""
        return self._call("read", number, name, offset, size)

    def release(self, number: int) -> None:
        """Forgets a snapshot, whose files have been fetched."""
        self._call("release", number)

    def ask(self, *, pause: bool) -> None:
        """Asks the worker for a pause or a stop."""
        self._call("ask", pause=pause)

    def close(self) -> None:
        """Ends it, and removes the copy of the run there."""
        if self._is_ready:
            with contextlib.suppress(ClusterError):
                self._call("close")
        with contextlib.suppress(Exception):
            self._ray.kill(self._actor)

    def _call(self, method: str, *arguments: Any, **named: Any) -> Any:
        return self._get(
            self._ask(lambda: getattr(self._actor, method).remote(*arguments, **named))
        )

    def _get(self, reference: Any) -> Any:
        return self._ask(lambda: self._ray.get(reference, timeout=ANSWER_SECONDS))

    def _ask(self, call: Any) -> Any:
        """Calls Ray and turns what it raises into errors of ours."""
        errors = self._ray.exceptions
        try:
            return call()
        except (errors.RayActorError, errors.NodeDiedError) as error:
            raise NodeLostError(
                f"the node that trained it is gone ({_first_line(error)})"
            ) from error
        except errors.RuntimeEnvSetupError as error:
            raise ClusterError(
                f"the cluster cannot take Convstack's code: {_first_line(error)}"
            ) from error
        except errors.RayTaskError as error:
            raise ClusterError(
                f"it went wrong on the cluster: {_last_line(error)}",
                "install requirements.txt on its machines",
            ) from error
        except Exception as error:
            raise ClusterError(
                f"the Ray cluster no longer answers ({_first_line(error)})",
                "resume the run from its last checkpoint when it is back, or here",
            ) from error


def _knock(address: str) -> None:
    """Looks whether anybody listens there: Ray itself would try for half a minute."""
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), _CONNECT_SECONDS).close()
    except OSError as error:
        raise ClusterError(
            f"no Ray cluster answers at {address} ({reason(error)})",
            f"look whether it runs and can be reached, or train with run_on {LOCAL}",
        ) from None


def _refused(address: str, error: Exception) -> ClusterError:
    return ClusterError(
        f"the Ray cluster at {address} refuses: {_last_line(error)}",
        "its machines need the Ray and the Python of this one; docs/ray.md says more",
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:300]


def _last_line(error: Exception) -> str:
    return next(reversed(str(error).strip().splitlines()), type(error).__name__)[:300]
