"""How long a training will take: what is measured goes before what is guessed, and gets better."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from builder.checks import speeds
from builder.checks.speeds import MAX_KEPT, SPEEDS, Measured, Step, measured, note, stamp, step_of
from builder.checks.time_estimate import Basis, estimate_time, roughly, seconds_per_step
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network.inference import infer
from builder.system.devices import Device
from builder.system.locks import BusyError, locked
from builder.training.settings import TrainingSettings

CPU = (Device("auto", "Automatic"), Device("cpu", "CPU"))
DIGITS = infer(TEMPLATES["se_residual_digits"].architecture)
SETTINGS = TrainingSettings()
RATE = 1e10


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "about 10 s"),
        (44, "about 40 s"),
        (94, "about 90 s"),
        (100, "about 2 min"),
        (236, "about 4 min"),
        (24 * 60, "about 25 min"),
        (57 * 60, "about 55 min"),
        (59 * 60, "about 1 h"),
        (5_500, "about 1½ h"),
        (3.4 * 3600, "about 3½ h"),
        (20.2 * 3600, "about 20 h"),
        (4.4 * 86_400, "about 4 days"),
    ],
)
def test_a_time_is_as_round_as_it_is_known(seconds: float, words: str) -> None:
    assert roughly(seconds) == words


def step(macs: float, key: str = "", kind: str = "cpu") -> Step:
    return Step(key or f"{macs:g}", kind, macs)


def made(macs: float, seconds: float, by_run: bool = True) -> Measured:
    return Measured(step(macs), seconds, by_run)


def test_the_very_step_goes_before_others_and_others_before_a_guess() -> None:
    known = [made(1e9, 0.7), made(2e9, 0.9, by_run=False), made(3e9, 1.5)]
    assert seconds_per_step(step(1e9), known, RATE) == (0.7, Basis.RUN)
    assert seconds_per_step(step(2e9), known, RATE) == (0.9, Basis.STEP)
    assert seconds_per_step(step(4e9), known, RATE)[1] == Basis.MACHINE
    assert seconds_per_step(step(4e9, kind="gpu:0"), known, RATE)[1] == Basis.GUESS


@pytest.mark.parametrize("factor", [0.1, 1, 30])
def test_every_measurement_betters_the_estimate_of_networks_never_seen(factor: float) -> None:
    """A machine much slower or quicker than the guess, with an overhead for each step."""

    def true(macs: float) -> float:
        return factor * (0.004 + macs / RATE)

    def off(known: list[Measured]) -> float:
        ratios = [
            seconds_per_step(step(macs, "new"), known, RATE)[0] / true(macs)
            for macs in (1e6, 1e8, 1e9, 1e10, 1e12)
        ]
        return max(max(ratio, 1 / ratio) for ratio in ratios)

    two = [made(macs, true(macs)) for macs in (2e7, 5e9)]
    five = two + [made(macs, true(macs)) for macs in (1e5, 4e8, 9e10)]
    assert off(five) <= off(two) + 0.05
    assert off(two) < 1.6
    assert off(five) < 1.25
    if factor != 1:
        assert off(two) < off([])


@pytest.mark.parametrize("known", [[(1e5, 0.01), (1e9, 0.002)], [(1e12, 90.0), (2e12, 200.0)]])
def test_odd_measurements_give_no_negative_times(known: list[tuple[float, float]]) -> None:
    points = [made(*one) for one in known]
    for macs in (0, 1e3, 1e9, 1e13):
        assert seconds_per_step(step(macs, "new"), points, RATE)[0] >= 0


def test_the_newest_counts_and_a_run_goes_before_a_rehearsal(tmp_path: Path) -> None:
    assert (measured(tmp_path), stamp(tmp_path)) == ((), 0)
    note(tmp_path, made(1e9, 0.5, by_run=False))
    note(tmp_path, made(1e9, 0.6, by_run=False))
    note(tmp_path, made(1e9, 0.7))
    note(tmp_path, made(1e9, 0.1, by_run=False))
    assert measured(tmp_path) == (made(1e9, 0.7),)
    before = stamp(tmp_path)
    for number in range(MAX_KEPT + 5):
        note(tmp_path, made(1e6 + number * 100, 0.1))
    assert len(measured(tmp_path)) == MAX_KEPT
    assert stamp(tmp_path) != before


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "[" * 100_000, '{"version": 1, "measured": [{"seconds": "NaN"}]}']
)
def test_a_damaged_file_is_no_more_than_unknown(tmp_path: Path, content: str) -> None:
    (tmp_path / SPEEDS).write_text(content)
    assert measured(tmp_path) == ()
    note(tmp_path, made(1e9, 0.5))
    assert len(measured(tmp_path)) == 1
    newer = json.loads((tmp_path / SPEEDS).read_text()) | {"version": 99}
    (tmp_path / SPEEDS).write_text(json.dumps(newer))
    assert measured(tmp_path) == ()


def test_whoever_keeps_the_file_to_themselves_keeps_no_training_from_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speeds, "_PATIENCE", 0.05)
    with locked(tmp_path / "speeds.lock"), pytest.raises(BusyError):
        note(tmp_path, made(1e9, 0.5))
    note(tmp_path, made(1e9, 0.5))
    assert len(measured(tmp_path)) == 1


def test_a_step_is_the_same_whatever_it_is_called_and_however_long_it_trains() -> None:
    own = step_of(DIGITS, SETTINGS, "cpu")
    renamed = infer(replace(DIGITS.architecture, name="other"))
    assert step_of(renamed, replace(SETTINGS, epochs=99, learning_rate=0.1), "cpu") == own
    assert Step.from_json(own.to_json()) == own
    for other in (
        step_of(DIGITS, replace(SETTINGS, batch_size=64), "cpu"),
        step_of(DIGITS, replace(SETTINGS, precision="mixed_bfloat16"), "cpu"),
        step_of(DIGITS, SETTINGS, "gpu:0"),
        step_of(infer(TEMPLATES["lenet5"].architecture), SETTINGS, "cpu"),
    ):
        assert other.key != own.key


def test_a_training_is_estimated_from_its_start_to_its_end(tmp_path: Path) -> None:
    found = estimate_time(tmp_path, DIGITS, SETTINGS, CPU)
    assert found is not None
    assert (found.basis, found.at_most) == (Basis.GUESS, False)
    assert "a guess: nothing was trained on this device yet" in found.words
    note(tmp_path, Measured(step_of(DIGITS, SETTINGS, "cpu"), 0.5, by_run=True))
    found = estimate_time(tmp_path, DIGITS, replace(SETTINGS, patience=3), CPU)
    assert found is not None
    # 10 epochs of 45 batches at half a second, and 11 looks at 360 images of a third of that each
    assert found.seconds == pytest.approx(225 + 11 * 360 * 0.5 / 3 / 32, abs=15)
    assert found.words == "at most about 4 min, by an earlier run of this network"
    broken = infer(stack("broken", block("Input", shape=(4, 4, 1)), block("Conv2D", 8, 9)))
    assert estimate_time(tmp_path, broken, SETTINGS, CPU) is None
    assert (
        estimate_time(tmp_path, DIGITS, replace(SETTINGS, dataset="own:" + "0" * 16), CPU) is None
    )
