"""What becomes of each class when some of the images are kept for validation."""

from collections.abc import Collection, Iterator, Sequence

from builder.checks.finding import Finding
from builder.datasets.published import Dataset
from builder.training.counts import DataCounts

FEW = 10
"""Images of a class from which hardly anything can be learnt."""
_ANEW = "Add some, or set validation_set to share."
MAX_NAMED = 3
"""Classes that a finding names."""


def check_split(data: Dataset, counts: DataCounts) -> Iterator[Finding]:
    """Whether every class has images on both sides.

    Args:
        data: The images.
        counts: How they are used.
    """
    given = counts.validation_is_given
    if counts.train_images <= 0 and given:
        yield Finding(
            "error",
            "None of the images is left to learn from: all would be kept for the last test. Use a "
            "smaller test_share.",
            {"kind": "set", "setting": "test_share", "value": 0.0},
            "Set test_share to 0",
        )
        return
    if counts.train_images <= 0:
        yield Finding(
            "error",
            f"Of {data.num_images:,} images none is left to learn from: all would be kept for "
            "validation or for the last test. Use a smaller validation_share and test_share.",
            {"kind": "set", "setting": "validation_share", "value": 0.2},
            "Set validation_share to 0.2",
        )
        return
    each = list(zip(data.classes, _learnt(data, counts), counts.val_of_class, strict=False))
    unseen = [name for name, _, kept in each if kept == 0]
    if unseen:
        missing = (
            f"The validation set that came with the images holds none of {_names(unseen)}"
            if given
            else f"No image of {_names(unseen)} is kept for validation"
        )
        yield Finding(
            "warning",
            f"{missing}: how well it is recognised will not be seen. "
            f"{_ANEW if given else 'Use a larger validation_share, or more images.'}",
        )
    unlearnt = [name for name, learnt, _ in each if learnt == 0]
    if unlearnt:
        yield Finding(
            "warning",
            f"No image of {_names(unlearnt)} is left to learn from. "
            f"{_ANEW if given else 'Use smaller shares, or more images.'}",
        )
    small = [name for name, learnt, _ in each if 0 < learnt < FEW and name not in unseen]
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
    tested = f", {_span(counts.test_of_class)} to test with" if any(counts.test_of_class) else ""
    return (
        f" Of each class {_span(_learnt(data, counts))} to learn from, "
        f"{_span(counts.val_of_class)} to validate with{tested}."
    )


def _learnt(data: Dataset, counts: DataCounts) -> list[int]:
    """Images of each class to learn from; empty where chance decides."""
    each = zip(data.class_counts, counts.val_of_class, counts.test_of_class, strict=False)
    return [count - kept - tested for count, kept, tested in each]


def _span(numbers: Collection[int]) -> str:
    """`12`, or `10 to 14`."""
    least, most = min(numbers), max(numbers)
    return f"{most:,}" if least == most else f"{least:,} to {most:,}"


def _names(names: Sequence[str]) -> str:
    """Classes by name, the first few of them."""
    more = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" and {more:,} more" if more > 0 else "")
