"""The process that applies trained models to pictures, and its protocol.

Keras takes seconds to start, so the process stays for some minutes and keeps its last model. It
belongs to the process that started it and ends with it.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from builder.scheduler import launcher
from builder.system.disk_errors import explained
from builder.system.errors import BuilderError
from builder.system.temporary import temporary_folder

MODULE = "builder.worker.predicting"
IDLE_SECONDS = 300.0
SECONDS = 300.0
"""The most seconds for a request, including the start and a large model."""

_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A layer whose output is a map.

    Attributes:
        name: Keras's.
        height: Of its output.
        width: Of its output.
        channels: Of its output.
    """

    name: str
    height: int
    width: int
    channels: int


@dataclass(frozen=True, slots=True, eq=False)
class Filters:
    """The kernel of a model's first convolution.

    Attributes:
        layer: Keras's name of the layer.
        kernel: `(height, width, inputs, filters)`.
        is_depthwise: Whether each filter reads one channel only.
    """

    layer: str
    kernel: NDArray[np.float32]
    is_depthwise: bool


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A model's results for some images.

    Attributes:
        layers: The layers that have a class map, in order.
        activation: The last layer's; scores are from before softmax and sigmoid.
        filters: The first convolution's; None where there is none.
        scores: `(images, units)`.
        classes: The class of each image's map; None without maps.
        maps: Grad-CAM, `(images, height, width)` of the layer, not scaled; None where the network
            has no map, or its scores are no numbers.
    """

    layers: tuple[MapLayer, ...]
    activation: str
    filters: Filters | None
    scores: NDArray[np.float64]
    classes: NDArray[np.int64] | None
    maps: NDArray[np.float64] | None


class PredictionProcess:
    """Sends requests to the process, which it starts when needed. Thread-safe.

    Args:
        idle_seconds: After which an idle process ends.
    """

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def prepare(self) -> None:
        """Starts it, unless it runs or is being asked."""
        if self._lock.acquire(blocking=False):
            try:
                with contextlib.suppress(OSError):  # the next request will report it
                    self._start()
            finally:
                self._lock.release()

    def look(
        self,
        model: Path,
        images: NDArray[np.uint8] | None = None,
        *,
        layer: str | None = None,
        chosen: int | None = None,
        are_probabilities: bool = False,
        cancel: threading.Event | None = None,
        seconds: float = SECONDS,
    ) -> Look:
        """Applies a model to images.

        Args:
            model: A `.keras` file.
            images: `(count, height, width, channels)`; None only describes the model.
            layer: The layer of the maps; None takes the last one that has any.
            chosen: The class of the maps; None takes each image's likeliest.
            are_probabilities: Whether the network gives probabilities, which says what the
                likeliest is of a single output.
            cancel: Ends the process as soon as it is set.
            seconds: The most that it may take.

        Raises:
            BuilderError: It cannot be done, or was cancelled.
        """
        with (
            self._turn(cancel),
            temporary_folder("predict") as folder,
        ):
            given, result = folder / "images.npy", folder / "result.npz"
            if images is not None:
                np.save(given, images)
            request = {
                "model": str(model),
                "images": None if images is None else str(given),
                "result": str(result),
                "layer": layer,
                "class": chosen,
                "are_probabilities": are_probabilities,
            }
            answer = self._ask(request, cancel, time.monotonic() + seconds)
            with np.load(result, allow_pickle=False) as arrays:
                return _look(answer, dict(arrays))

    def end(self) -> None:
        """Ends it."""
        with self._lock:
            self._kill()

    def _ask(
        self, request: Mapping[str, Any], cancel: threading.Event | None, deadline: float
    ) -> dict[str, Any]:
        with explained("Keras cannot be started"):
            self._send(json.dumps(request).encode() + b"\n")
        try:
            answer: dict[str, Any] = json.loads(self._read_line(cancel, deadline))
        except BaseException:
            self._kill()  # its present answer would be taken for the next one's
            raise
        if "error" in answer:
            raise BuilderError(f"the model cannot be used: {answer['error']}")
        return answer

    def _send(self, line: bytes) -> None:
        """Sends a request; twice, if the process has just ended because it was idle."""
        for is_last in (False, True):
            pipe = self._start().stdin
            assert pipe is not None
            try:
                pipe.write(line)
                pipe.flush()
            except OSError:
                self._kill()
                if is_last:
                    raise
            else:
                return

    @contextlib.contextmanager
    def _turn(self, cancel: threading.Event | None) -> Generator[None]:
        """Waits for its turn."""
        while not self._lock.acquire(timeout=_POLL_SECONDS):
            _obey(cancel)
        try:
            yield
        finally:
            self._lock.release()

    def _read_line(self, cancel: threading.Event | None, deadline: float) -> bytes:
        pipe = self._process.stdout if self._process else None
        assert pipe is not None
        line = b""
        while not line.endswith(b"\n"):
            _obey(cancel)
            if time.monotonic() > deadline:
                raise BuilderError("the model took too long", "try fewer or smaller pictures")
            if select.select([pipe], [], [], _POLL_SECONDS)[0]:
                received = os.read(pipe.fileno(), 65_536)
                if not received:
                    raise BuilderError(
                        "the process that looks at the pictures ended without a word",
                        "if the memory was short, close what else uses it and try again",
                    )
                line += received
        return line

    def _start(self) -> "subprocess.Popen[bytes]":
        process = self._process
        if process is not None and process.poll() is None:
            return process
        self._kill()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", MODULE, str(self._idle_seconds)],
            # On the CPU: a GPU may be full of a training. A saved model runs under any backend.
            env=launcher.environment("cpu") | {"KERAS_BACKEND": "tensorflow"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self._process

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()


def _obey(cancel: threading.Event | None) -> None:
    if cancel is not None and cancel.is_set():
        raise BuilderError("looking at the pictures was cancelled")


def _look(answer: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Look:
    filters = answer["filters"]
    kernel, maps, classes = (arrays.get(name) for name in ("filters", "maps", "classes"))
    return Look(
        layers=tuple(MapLayer(**layer) for layer in answer["layers"]),
        activation=answer["activation"],
        filters=None if kernel is None else Filters(kernel=kernel, **filters),
        scores=np.asarray(arrays.get("scores", np.empty((0, 0))), np.float64),
        classes=classes,
        maps=None if maps is None else np.asarray(maps, np.float64),
    )


shared = PredictionProcess()
"""The process of this server, shared by all pages."""
