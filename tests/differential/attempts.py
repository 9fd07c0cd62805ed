"""Comparing who refuses what."""

from collections.abc import Callable
from typing import Any

from hypothesis import Phase, settings

REFUSED_ON_PURPOSE = {
    "augmentation takes two axes for one image without a batch axis": "expected an image",
    "TensorFlow computes it on some CPUs only: see test_layers": "the same stride",
    "Keras documents it as impossible: see test_layers": "expected one of them to be 1",
    "Intel's kernels can, TensorFlow's own on a CPU cannot": "computes on GPUs only",
    "the axis would be the batch axis, which mixes examples": "axis=",
    "Keras clips to nothing": "expected the smaller number first",
    "Keras takes any mask that broadcasts, also one that changes the shape": "noise_shape",
    "the node would stand for no layer": "has nothing to do",
}
"""What Keras accepts but nobody means: why, and a part of our message."""


def drawn(examples: int) -> settings:
    """The settings of a test that asks Keras about so many examples.

    Keras is slow: making a failing example smaller would take minutes, and all are small. Under
    `--hypothesis-profile explore` ten times as many are drawn, others each time.
    """
    times = settings.default.max_examples / 100 if settings.default else 1
    return settings(
        max_examples=max(1, round(examples * times)), phases=(Phase.explicit, Phase.generate)
    )


def on_purpose(message: str) -> bool:
    """Whether we refuse this although Keras does not."""
    return any(part in message for part in REFUSED_ON_PURPOSE.values())


def attempt(call: Callable[[], Any]) -> Any:
    """What a call gives, or the text of what it raised."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001  Keras and TensorFlow raise all sorts
        return f"{type(error).__name__}: {error}"
