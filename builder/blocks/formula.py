"""Shows where a layer's number of parameters comes from, as a formula: `(3·3·3+1)·64`."""

from collections.abc import Sequence
from math import prod

from builder.blocks.costs import Weight
from builder.blocks.types import Shape


def params_formula(weights: Sequence[Weight]) -> str:
    """Writes the sizes of a layer's arrays as a sum, with common factors taken out.

    A convolution's kernel and bias share its filters, so `3·3·3·64 + 64` is `(3·3·3+1)·64`.

    Args:
        weights: The layer's arrays.

    Returns:
        The formula; empty where there are no arrays.
    """
    common = _common([weight.shape for weight in weights])
    terms: list[str] = []
    together: list[Shape] = []
    place = 0
    for weight in weights:
        rest = _without(weight.shape, common) if common else None
        if rest is None:
            terms.append(_product(weight.shape))
            continue
        if not together:
            place = len(terms)
        together.append(rest)
    if together:
        terms.insert(place, _factored(together, common))
    return " + ".join(terms)


def _common(shapes: list[Shape]) -> Shape:
    """The array that others are multiples of: the smallest of one axis, or the smallest."""
    arrays = [shape for shape in shapes if shape]
    flat = [shape for shape in arrays if len(shape) == 1]
    return min(flat or arrays, key=prod, default=())


def _without(shape: Shape, common: Shape) -> Shape | None:
    """A shape divided by another one; None where it is not a multiple."""
    if shape[-len(common) :] == common:
        return shape[: -len(common)]
    if len(common) > 1:
        return None
    size = prod(common)
    for place in reversed(range(len(shape))):
        if shape[place] == size:
            return (*shape[:place], *shape[place + 1 :])
        if prod(shape[place:]) == size:
            return shape[:place]
    return None


def _factored(rests: list[Shape], common: Shape) -> str:
    """`(3·3·3+1)·64` for the rests `3×3×3` and nothing of the common `64`."""
    alone = sum(prod(rest) == 1 for rest in rests)
    parts = [_product(rest) for rest in rests if prod(rest) != 1]
    parts += [f"{alone:,}"] if alone else []
    if prod(common) == 1:
        return " + ".join(parts)
    if parts == ["1"]:
        return _product(common)
    inner = parts[0] if len(parts) == 1 else f"({'+'.join(parts)})"
    return f"{inner}·{_product(common)}"


def _product(shape: Shape) -> str:
    return "·".join(f"{size:,}" for size in shape if size != 1) or "1"
