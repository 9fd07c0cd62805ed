from datetime import UTC, datetime, timedelta

import pytest

from components.shell import format as numbers


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (999, "999"), (1792, "1,792"), (138_357_544, "138,357,544")]
)
def test_count_separates_thousands(value: int, text: str) -> None:
    assert numbers.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((32, 32, 64), "32×32×64"),
        ((10,), "10"),
        ((), "scalar"),
        (None, "–"),
    ],
)
def test_shape(value: tuple[int, ...] | None, text: str) -> None:
    assert numbers.shape(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 MACs"),
        (640, "640 MACs"),
        (999, "999 MACs"),
        (1_000, "1.0 k MACs"),
        (1_792, "1.8 k MACs"),
        (48_212_992, "48.2 M MACs"),
        (99_960_000, "100 M MACs"),
        (313_000_000, "313 M MACs"),
        (999_600_000, "1.0 G MACs"),
        (15_470_264_320, "15.5 G MACs"),
    ],
)
def test_macs_take_an_si_prefix(value: int, text: str) -> None:
    assert numbers.macs(value) == text


@pytest.mark.parametrize(
    ("num_bytes", "text"),
    [
        (0, "0 B"),
        (640, "640 B"),
        (1_234, "1.2 kB"),
        (262_144, "262 kB"),
        (9_960_000, "10 MB"),
        (38_000_000, "38 MB"),
        (1_240_000_000, "1.2 GB"),
    ],
)
def test_size_is_decimal(num_bytes: int, text: str) -> None:
    assert numbers.size(num_bytes) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.96, "10 s"),
        (45.2, "45 s"),
        (59.7, "1 min 00 s"),
        (125, "2 min 05 s"),
        (3_599.6, "1 h 00 min"),
        (3_725, "1 h 02 min"),
        (86_400 + 3 * 3_600, "1 d 03 h"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert numbers.duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"),
        (0.69314, "0.6931"),
        (2.30258, "2.303"),
        (12.3456, "12.35"),
        (1234.56, "1235"),
        (0.000012, "1.2e-05"),
        (1_234_567.0, "1.2e+06"),
    ],
)
def test_metric_keeps_four_digits(value: float, text: str) -> None:
    assert numbers.metric(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (90, "1 min ago"),
        (3_700, "1 h ago"),
        (90_000, "yesterday"),
        (200_000, "2 days ago"),
    ],
)
def test_ago(seconds: float, text: str) -> None:
    then = datetime.now(UTC) - timedelta(seconds=seconds)
    assert numbers.ago(then.isoformat()) == text
    assert numbers.ago(then.replace(tzinfo=None).isoformat()) == text


def test_long_ago_is_a_date() -> None:
    assert numbers.ago("2020-02-29T12:00:00+00:00") == "2020-02-29"
    assert numbers.ago("someday") == "at an unknown time"


def test_rate_percent_and_plural() -> None:
    assert numbers.rate(7_912.4) == "7,912 images/s"
    assert numbers.rate(3.44, "steps") == "3.4 steps/s"
    assert numbers.percent(0.9083) == "90.8 %"
    assert numbers.plural(1, "problem") == "1 problem"
    assert numbers.plural(1_437, "image") == "1,437 images"
    assert numbers.plural(2, "batch", "batches") == "2 batches"


def test_an_unknown_number_is_a_dash() -> None:
    unknown = [
        numbers.count(None),
        numbers.macs(None),
        numbers.size(None),
        numbers.rate(None),
        numbers.percent(None),
        numbers.metric(None),
        numbers.duration(None),
    ]
    assert set(unknown) == {"–"}
