"""What becomes of each class when some of the images are kept for validation."""

from collections.abc import Collection, Iterator, Sequence

from builder.training.counts import DataCounts
from builder.training.datasets import Dataset
from builder.training.finding import Finding

FEW = 10
"""Images of a class from which hardly anything can be learnt."""
MAX_NAMED = 3
"""Classes that a finding names."""


def check_split(data: Dataset, counts: DataCounts) -> Iterator[Finding]:
    """Whether every class has images on both sides.

    Args:
        data: The images.
        counts: How they are used.
    """
    if counts.train_images == 0:
        yield Finding(
            "error",
            f"All {data.num_images:,} images would be kept for validation, none is left to learn "
            "from. Use a smaller validation_share.",
            {"kind": "set", "setting": "validation_share", "value": 0.2},
            "Set validation_share to 0.2",
        )
        return
    each = list(zip(data.classes, data.class_counts, counts.val_of_class, strict=False))
    unseen = [name for name, _, kept in each if kept == 0]
    if unseen:
        yield Finding(
            "warning",
            f"No image of {_names(unseen)} is kept for validation: how well it is recognised will "
            "not be seen. Use a larger validation_share, or more images.",
        )
    unlearnt = [name for name, count, kept in each if count == kept]
    if unlearnt:
        yield Finding(
            "warning",
            f"All images of {_names(unlearnt)} are kept for validation: it cannot be learnt. Use a "
            "smaller validation_share, or more images.",
        )
    small = [name for name, count, kept in each if 0 < count - kept < FEW and name not in unseen]
    if small:
        yield Finding(
            "warning",
            f"There are fewer than {FEW} images to learn {_names(small)} from. It may learn these "
            "few by heart; add images, or augmentation to the network.",
        )


def of_each_class(data: Dataset, counts: DataCounts) -> str:
    """How many images of each class go where, as a sentence; empty where chance decides."""
    if not counts.val_of_class:
        return ""
    each = zip(data.class_counts, counts.val_of_class, strict=True)
    learnt = [count - kept for count, kept in each]
    return (
        f" Of each class {_span(learnt)} to learn from, {_span(counts.val_of_class)} to "
        "validate with."
    )


def _span(numbers: Collection[int]) -> str:
    """`12`, or `10 to 14`."""
    least, most = min(numbers), max(numbers)
    return f"{most:,}" if least == most else f"{least:,} to {most:,}"


def _names(names: Sequence[str]) -> str:
    """Classes by name, the first few of them."""
    more = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" and {more:,} more" if more > 0 else "")
