import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from builder.analysis.evaluation import (
    EVALUATION,
    Evaluation,
    class_figures,
    frequent_confusions,
    judge,
    load,
    one_class_only,
    one_class_words,
    save,
)
from builder.analysis.evaluation import evaluate as count

RNG = np.random.default_rng(0)


def some_images(count: int, channels: int = 1) -> np.ndarray:
    return RNG.integers(0, 256, size=(count, 4, 5, channels), dtype=np.uint8)


def evaluate(
    scores: np.ndarray, labels: np.ndarray, images: np.ndarray, *, from_logits: bool, **options: Any
) -> Evaluation:
    return count(judge(scores, labels, from_logits=from_logits), images, **options)


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


@given(
    st.integers(2, 5).flatmap(
        lambda classes: st.lists(
            st.tuples(st.integers(0, classes - 1), st.integers(0, classes - 1)),
            min_size=1,
            max_size=40,
        ).map(lambda pairs: (classes, pairs))
    )
)
@settings(max_examples=60, deadline=None)
def test_counts_and_shares_are_those_of_scikit_learn(
    drawn: tuple[int, list[tuple[int, int]]],
) -> None:
    classes, pairs = drawn
    true, chosen = (np.array(side) for side in zip(*pairs, strict=True))
    scores = np.full((len(true), classes), 0.1)
    scores[np.arange(len(true)), chosen] = 0.9
    found = evaluate(scores, true, some_images(len(true)), from_logits=False)
    names = range(classes)
    assert (found.confusion == confusion_matrix(true, chosen, labels=names)).all()
    expected: Any = precision_recall_fscore_support(
        true,
        chosen,
        labels=names,
        zero_division=np.nan,  # pyright: ignore[reportArgumentType]  its stub says text alone
        average=None,
    )
    for figures, precision, recall, f1, support in zip(
        class_figures(found.confusion), *expected, strict=True
    ):
        ours = (figures.precision, figures.recall, figures.f1)
        for mine, theirs in zip(ours, (precision, recall, f1), strict=True):
            assert mine == pytest.approx(theirs) if mine is not None else np.isnan(theirs)
        assert figures.support == support
    assert found.num_images == len(true)
    assert found.num_mistakes == int((true != chosen).sum())


def test_the_surest_mistakes_come_first_and_keep_their_pictures() -> None:
    images = some_images(5, 3)
    scores = np.array([[0.9, 0.1], [0.3, 0.7], [0.4, 0.6], [0.2, 0.8], [0.05, 0.95]])
    found = evaluate(scores, np.array([0, 0, 0, 0, 1]), images, from_logits=False, num_mistakes=2)
    assert found.true.tolist() == [0, 0]
    assert found.chosen.tolist() == [1, 1]
    assert found.certainty.tolist() == pytest.approx([0.8, 0.7])
    assert (found.images == images[[3, 1]]).all()
    assert found.places.tolist() == [3, 1]


def test_logits_become_probabilities() -> None:
    logits = RNG.normal(size=(30, 4)) * 5
    labels = RNG.integers(0, 4, size=30)
    images = some_images(30)
    one = evaluate(logits, labels, images, from_logits=True)
    other = evaluate(softmax(logits), labels, images, from_logits=False)
    assert (one.confusion == other.confusion).all()
    assert one.certainty == pytest.approx(other.certainty)
    assert evaluate(logits * 1e5, labels, images, from_logits=True).certainty.max() == 1.0


@pytest.mark.parametrize(
    ("scores", "from_logits"), [([[0.2], [0.9]], False), ([[-1.4], [2.2]], True)]
)
def test_one_output_tells_two_classes(scores: list[list[float]], from_logits: bool) -> None:
    found = evaluate(
        np.array(scores), np.array([[1], [1]]), some_images(2), from_logits=from_logits
    )
    assert found.confusion.tolist() == [[0, 0], [1, 1]]
    assert found.certainty == pytest.approx([0.8], abs=0.01)


def test_labels_may_be_one_hot() -> None:
    labels = np.eye(3)[[2, 0, 1]]
    found = evaluate(np.eye(3)[[2, 1, 1]], labels, some_images(3), from_logits=False)
    assert found.confusion.tolist() == [[0, 1, 0], [0, 1, 0], [0, 0, 1]]


def test_the_pairs_confused_most() -> None:
    confusion = np.array([[9, 1, 0], [4, 9, 0], [0, 2, 9]])
    assert frequent_confusions(confusion, 2) == [(1, 0, 4), (2, 1, 2)]
    assert frequent_confusions(confusion, 9) == [(1, 0, 4), (2, 1, 2), (0, 1, 1)]


def test_it_comes_back_from_its_file(tmp_path: Path) -> None:
    found = evaluate(
        softmax(RNG.normal(size=(20, 3))),
        RNG.integers(0, 3, size=20),
        some_images(20),
        from_logits=False,
    )
    assert load(tmp_path) is None
    save(tmp_path, found)
    again = load(tmp_path)
    assert again is not None
    assert (again.confusion == found.confusion).all()
    assert (again.images == found.images).all()
    assert again.certainty.tolist() == found.certainty.tolist()
    assert [path.name for path in tmp_path.iterdir()] == [EVALUATION]
    before = {
        name: getattr(found, name)
        for name in ("confusion", "images", "true", "chosen", "certainty")
    }
    np.savez(tmp_path / EVALUATION, **before)  # as it was before places were noted
    older = load(tmp_path)
    assert older is not None
    assert (older.confusion == found.confusion).all()
    assert len(older.places) == 0


@pytest.mark.parametrize(
    ("confusion", "words"),
    [
        ([[0, 3], [0, 7]], "every image for dog: the most frequent class, which 70.0% of them are"),
        ([[3, 0], [7, 0]], "every image for cat: always guessing dog, the most frequent class, wo"),
        ([[3, 0], [6, 1]], None),
        ([[0, 3], [0, 0]], None),  # there is one class only
        ([[0, 0], [0, 0]], None),
    ],
)
def test_a_model_that_predicts_one_class_only_is_reported(
    confusion: list[list[int]], words: str | None
) -> None:
    found = one_class_only(np.array(confusion))
    assert (found is None) == (words is None)
    if found is not None and words is not None:
        assert words in one_class_words(found, ["cat", "dog"])


def test_a_damaged_file_is_no_evaluation(tmp_path: Path) -> None:
    found = evaluate(np.eye(2), np.array([1, 0]), some_images(2), from_logits=False)
    save(tmp_path, found)
    path = tmp_path / EVALUATION
    whole = path.read_bytes()
    for cut in range(0, len(whole), 97):
        path.write_bytes(whole[:cut])
        assert load(tmp_path) is None
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("confusion.npy", b"no array")
    assert load(tmp_path) is None
    np.savez(path, confusion=np.zeros((2, 3)))
    assert load(tmp_path) is None
    np.savez(
        path,
        confusion=np.zeros((2, 2), np.int64),
        images=np.zeros((1, 2, 2, 1), np.uint8),
        true=np.array([7]),
        chosen=np.array([0]),
        certainty=np.array([0.5]),
    )
    assert load(tmp_path) is None
