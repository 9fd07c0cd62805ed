"""The images that are at hand to try a model on."""

from pathlib import Path

import numpy as np
import pytest

from builder.analysis import evaluation, examples
from builder.analysis.examples import EXAMPLES, NUM_EXAMPLES, Example
from builder.gallery import TEMPLATES
from builder.runs.run_folder import Run
from builder.scheduler.new_run import new_run
from builder.training.settings import TrainingSettings

SHAPE = (8, 8, 1)


@pytest.fixture
def run(home: Path) -> Run:
    return new_run(home, TEMPLATES["se_residual_digits"].architecture, TrainingSettings())


def found(run: Run, shape: tuple[int, int, int] = SHAPE, num_classes: int = 10) -> list[Example]:
    return examples.examples(run, shape, num_classes)


@pytest.mark.parametrize("one_hot", [False, True])
def test_a_training_leaves_the_first_images_of_each_class(run: Run, one_hot: bool) -> None:
    labels = np.arange(40) // 4
    images = np.zeros((40, *SHAPE)) + np.arange(40).reshape(40, 1, 1, 1) + 0.4
    examples.save(run.folder, images, np.eye(10)[labels] if one_hot else labels)
    left = found(run)
    assert [one.true for one in left] == [*range(10), *range(10)]
    assert [one.image[0, 0, 0] for one in left[:3]] == [0, 4, 8]
    assert all(one.is_validation and one.chosen is None for one in left)


def test_the_mistakes_come_first(run: Run) -> None:
    images = np.zeros((2, *SHAPE), np.uint8)
    scores = np.eye(10)[[3, 1]]
    left = evaluation.evaluate(
        evaluation.judge(scores, np.array([8, 1]), from_logits=False), images
    )
    evaluation.save(run.folder, left)
    examples.save(run.folder, images, np.array([8, 1]))
    assert [(one.true, one.chosen) for one in found(run)] == [(8, 3), (1, None), (8, None)]


def test_of_a_run_that_left_none_images_of_the_data_take_their_place(run: Run) -> None:
    left = found(run, (12, 10, 3))
    assert len(left) == NUM_EXAMPLES
    assert {one.image.shape for one in left} == {(12, 10, 3)}
    assert not any(one.is_validation for one in left)


def test_images_of_another_shape_or_class_are_left_out(run: Run) -> None:
    examples.save(run.folder, np.zeros((3, *SHAPE), np.uint8), np.array([0, 1, 9]))
    assert [one.true for one in found(run, num_classes=2)] == [0, 1]
    assert found(run, (9, 9, 1)) == []


def test_a_damaged_file_is_as_good_as_none(run: Run) -> None:
    examples.save(run.folder, np.zeros((3, *SHAPE), np.uint8), np.arange(3))
    path = run.folder / EXAMPLES
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"no zip"):
        path.write_bytes(content)
        assert not any(one.is_validation for one in found(run))
    for images, labels in (
        (np.zeros((2, *SHAPE)), np.zeros(2)),
        (np.zeros((2, *SHAPE), np.uint8), np.zeros(3)),
    ):
        np.savez(path, images=images, labels=labels)
        assert not any(one.is_validation for one in found(run))
    np.savez(path, images=np.zeros((2, 8, 8), np.uint8), labels=np.zeros(2))
    assert found(run) == []
