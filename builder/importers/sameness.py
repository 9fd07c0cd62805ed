"""Tells whether two architectures are the same network, however their layers are grouped."""

from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import Any

from builder.blocks.base import Layer
from builder.blocks.catalogue import block_type
from builder.blocks.margins import sides
from builder.network.architecture import Architecture
from builder.network.inference import infer

NOTHING = block_type("Activation").create({"activation": "linear"})
"""A layer that returns its input."""


def is_same_network(first: Architecture, second: Architecture) -> bool:
    """Whether two architectures compute the same, layer by layer, from the same inputs.

    The order in which layers are made does not count, nor do layers that return their input.
    """
    numbers: dict[Any, int] = {}
    return _numbered(first, numbers) == _numbered(second, numbers)


@lru_cache(maxsize=4_096)
def canonical(layer: Layer) -> Layer:
    """Normalizes settings that can be written in several ways, so that equal layers are equal."""
    values: dict[str, Any] = {}
    if getattr(layer, "activation", None) == "linear" and layer != NOTHING:
        values["activation"] = None
    if getattr(layer, "strides", 1) is None:
        values["strides"] = getattr(layer, "pool_size", None)
    for name in ("padding", "cropping"):
        margins = getattr(layer, name, "")
        if not isinstance(margins, str):
            values[name] = sides(margins)
    return replace(layer, **values) if values else layer  # pyright: ignore[reportArgumentType, reportUnknownVariableType]  every block is a dataclass


def _numbered(architecture: Architecture, numbers: dict[Any, int]) -> tuple[Any, ...]:
    """How often each result is computed, and which ones are outputs.

    Every result has a number: equal layers that read equal results have equal results.
    """
    results: dict[str, int] = {}
    counts: Counter[int] = Counter()
    inference = infer(architecture)
    for known in inference.used:
        ports = [results.get(source, -1) for source in known.node.inputs]
        if not known.traces:  # a broken node equals only itself
            results[known.node.id] = numbers.setdefault((known.node.block, *ports), len(numbers))
            counts[results[known.node.id]] += 1
        for traced in known.traces:
            made: list[int] = []
            for call in traced.calls:
                read = [made[i] if i >= 0 else ports[-1 - i] for i in call.inputs]
                if call.facts.layer == NOTHING:
                    made.append(read[0])
                    continue
                key: tuple[Any, ...] = (canonical(call.facts.layer), *read)
                if known.node.block.max_inputs == 0:  # one input is not another
                    key = (*key, inference.input_ids.index(known.node.id))
                made.append(numbers.setdefault(key, len(numbers)))
                counts[made[-1]] += 1
            ports = [made[traced.output]]
            results[known.node.id] = ports[0]
    ends = [
        [results.get(end) for end in ids] for ids in (inference.input_ids, architecture.output_ids)
    ]
    return counts, ends, inference.input_keys, architecture.output_keys
