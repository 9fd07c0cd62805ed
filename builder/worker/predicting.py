"""Looks at pictures with trained models: `python -m builder.worker.predicting SECONDS`.

It reads requests from standard input, one JSON object a line, and answers each by one line on
standard output. `builder.analysis.prediction_process` says what they hold. It keeps the model of
the last request, and ends with its input, or after so many seconds without a request.
"""

import importlib
import json
import os
import select
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

_MAX_LENGTH = 300


def main(seconds: float) -> None:
    """Answers requests until there are no more."""
    output = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what Keras prints is not an answer
    looker = _Looker(importlib.import_module("builder.worker.trained_model"))
    for request in _requests(seconds):
        try:
            answer = looker.answer(request)
        except Exception as error:  # noqa: BLE001  whatever it is, the person has to be told
            answer = {"error": _explain(error)}
        os.write(output, json.dumps(answer).encode() + b"\n")


class _Looker:
    """Answers requests and keeps the model of the last one."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._model: Any = None
        self._known: object = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        model = self._load(Path(request["model"]))
        result: dict[str, Any] = {}
        layers = model.layers
        name, kernel, is_depthwise = model.first_filters()
        if kernel is not None:
            result["filters"] = kernel
        if request["images"] is not None:
            images = np.load(request["images"], allow_pickle=False)
            if images.shape[1:] != model.input_shape:
                raise ValueError(
                    f"the model takes {model.input_shape}, received {images.shape[1:]}"
                )
            result["scores"] = scores = model.scores(images)
            layer = request["layer"] or (layers[-1]["name"] if layers else None)
            if layer is not None and np.isfinite(scores).all():
                middle = model.middle(are_probabilities=request["are_probabilities"])
                classes = _classes(scores, request["class"], middle)
                result["classes"] = classes
                result["maps"] = model.class_maps(images, layer, classes)
        np.savez(request["result"], **result)
        return {
            "layers": layers,
            "activation": model.activation,
            "filters": {"layer": name, "is_depthwise": is_depthwise},
        }

    def _load(self, path: Path) -> Any:
        about = path.stat()
        known = (str(path), about.st_mtime_ns, about.st_size)
        if known != self._known:
            self._known = self._model = None
            self._model = self._module.TrainedModel(path)
            self._known = known
        return self._model


def _classes(
    scores: np.ndarray[Any, Any], wanted: int | None, middle: float
) -> np.ndarray[Any, Any]:
    """The class to look for in each image: the requested one, or the likeliest."""
    if wanted is not None:
        return np.full(len(scores), wanted)
    return (scores[:, 0] > middle).astype(int) if scores.shape[1] == 1 else scores.argmax(axis=1)


def _requests(seconds: float) -> Iterator[dict[str, Any]]:
    unread = b""
    while select.select([0], [], [], seconds)[0]:
        received = os.read(0, 65_536)
        if not received:
            return
        *lines, unread = (unread + received).split(b"\n")
        for line in lines:
            yield json.loads(line)


def _explain(error: Exception) -> str:
    if "ResourceExhausted" in type(error).__name__ or isinstance(error, MemoryError):
        return "the memory is not enough for this model"
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:_MAX_LENGTH]


if __name__ == "__main__":
    main(float(sys.argv[1]))
