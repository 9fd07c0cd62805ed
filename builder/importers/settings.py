"""Settings of Keras's layers that blocks lack: which ones make a difference, and which do not."""

from collections.abc import Iterator
from typing import Any

from builder.importers.configuration import is_object
from builder.importers.reasons import Reason
from builder.importers.values import NotTakenError, brief, initializer
from builder.system.errors import MAX_SHOWN, Problem, cut

WITHOUT_EFFECT = frozenset(
    {
        "autocast",
        "batch_input_shape",
        "batch_shape",
        "build_config",
        "dtype",  # looked at on its own
        "generator",
        "input_dtype",
        "input_shape",
        "name",
        "optional",
        "ragged",
        "rank",
        "rng_type",  # how Keras 2 draws at random
        "seed",  # another draw from the same distribution
        "sparse",
        "synchronized",  # counts with several devices only, where training decides
        "trainable",  # looked at on its own
    }
)
"""Settings that change nothing here."""

USUAL: dict[str, Any] = {
    "alpha": 1.0,
    "beta_initializer": "zeros",
    "data_format": "channels_last",
    "dilation_rate": [1, 1],
    "fill_mode": "constant",
    "fill_value": 0.0,
    "gamma_initializer": "ones",
    "groups": 1,
    "interpolation": "bilinear",
    "moving_mean_initializer": "zeros",
    "moving_variance_initializer": "ones",
    "renorm_momentum": 0.99,
}
"""The values by which blocks work for settings that they lack; otherwise None or False."""


def surplus(config: dict[str, Any], known: set[str]) -> Iterator[Problem]:
    """Lists the settings that are lost.

    Args:
        config: A layer's settings.
        known: The settings that the block has, or that were checked already.
    """
    for name, value in config.items():
        if name in known or name in WITHOUT_EFFECT or value is None or value is False:
            continue
        if name.endswith("_initializer"):
            try:
                value = initializer(value)
            except NotTakenError as error:
                yield error.problem
                continue
        if name not in USUAL or value != USUAL[name]:
            fields = {"setting": cut(name, MAX_SHOWN), "value": brief(value)}
            yield Problem(Reason.NO_COUNTERPART, fields)


def frozen(config: dict[str, Any]) -> bool:
    """Whether a layer's weights are frozen."""
    return config.get("trainable") is False


def precision(config: dict[str, Any]) -> str:
    """The dtype that a layer works with; empty for the default."""
    policy = config.get("dtype")
    if is_object(policy):
        inner = policy.get("config")
        policy = inner.get("name") if is_object(inner) else None
    return policy if isinstance(policy, str) and policy != "float32" else ""
