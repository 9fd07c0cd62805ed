"""Checks what happens to each class when some images are kept for validation."""

from collections.abc import Collection, Iterator

from builder.checks.finding import Finding, FindingCode
from builder.datasets.published import Dataset
from builder.system.level import Level
from builder.training.counts import DataCounts
from builder.transforms.fixes import ChangeSetting

FEW = 10
"""The number of images of a class below which hardly anything can be learned."""


def check_split(data: Dataset, counts: DataCounts) -> Iterator[Finding]:
    """Whether every class has images on both sides.

    Args:
        data: The images.
        counts: How they are used.
    """
    given = counts.validation_is_given
    if counts.train_images <= 0:
        setting, share = ("test_share", 0.0) if given else ("validation_share", 0.2)
        yield Finding(
            FindingCode.NOTHING_TO_LEARN,
            Level.ERROR,
            {"images": data.num_images, "given": given},
            ChangeSetting(setting, share),
        )
        return
    each = list(zip(data.classes, _learned(data, counts), counts.val_of_class, strict=False))
    unseen = [name for name, _, kept in each if kept == 0]
    unlearned = [name for name, learned, _ in each if learned == 0]
    small = [name for name, learned, _ in each if 0 < learned < FEW and name not in unseen]
    warning = Level.WARNING
    if unseen:
        yield Finding(FindingCode.UNSEEN_CLASSES, warning, {"classes": unseen, "given": given})
    if unlearned:
        yield Finding(
            FindingCode.UNLEARNED_CLASSES, warning, {"classes": unlearned, "given": given}
        )
    if small:
        yield Finding(FindingCode.SMALL_CLASSES, warning, {"classes": small, "fewer_than": FEW})


def of_each_class(data: Dataset, counts: DataCounts) -> str:
    """How many images of each class go where, as a sentence; empty where chance decides."""
    if not counts.val_of_class:
        return ""
    tested = f", {_span(counts.test_of_class)} to test with" if any(counts.test_of_class) else ""
    return (
        f" Of each class {_span(_learned(data, counts))} to learn from, "
        f"{_span(counts.val_of_class)} to validate with{tested}."
    )


def _learned(data: Dataset, counts: DataCounts) -> list[int]:
    """Images of each class to learn from; empty where chance decides."""
    each = zip(data.class_counts, counts.val_of_class, counts.test_of_class, strict=False)
    return [count - kept - tested for count, kept, tested in each]


def _span(numbers: Collection[int]) -> str:
    """`12`, or `10 to 14`."""
    least, most = min(numbers), max(numbers)
    return f"{most:,}" if least == most else f"{least:,} to {most:,}"
