"""Why images are refused reaches the app as it was raised, not as a text."""

import numpy as np
import pytest

from builder.datasets.own_images import refusal
from builder.datasets.own_images.data_codes import DataCode
from builder.datasets.own_images.file_codes import ArchiveCode, ArrayCode
from builder.system.errors import DiskError, ErrorCode, FormatError, Problem


@pytest.mark.parametrize(
    "problem",
    [
        Problem(ArchiveCode.TWICE, {"name": "a.png"}),
        Problem(DataCode.TOO_FEW_IMAGES, {"classes": ["a", "b"], "least": 2}),
        Problem(
            DataCode.BESIDE_NO_IMAGES,
            {"inner": Problem(DataCode.ONE_CLASS, {"name": "a"}), "listing": "b.txt"},
        ),
    ],
)
def test_a_problem_is_read_as_it_was_written(problem: Problem) -> None:
    assert refusal.read(refusal.write(problem)) == problem


def test_numbers_of_numpy_become_plain_ones() -> None:
    fields = {"array": "labels", "received": np.int64(-1)}
    read = refusal.read(refusal.write(Problem(ArrayCode.NEGATIVE, fields)))
    assert type(read.fields["received"]) is int
    assert read.message == "the labels 'labels' go down to -1, expected 0 or more"


def test_what_has_no_code_of_images_keeps_its_words() -> None:
    error = DiskError("x.png: the disk is full", "make room")
    read = refusal.read(refusal.write(error.problem))
    assert read.code is ErrorCode.TEXT
    assert str(FormatError(read)) == str(error)
