"""Functions of the training half of a script are real ones: taken as they stand, and they run."""

import ast
import importlib
from typing import Any

import numpy as np
import pytest

from builder.codegen.keras.function_text import FILE, function_text
from builder.codegen.keras.training_source import training_source
from builder.training.settings import TrainingSettings

NAMES = [
    node.name
    for node in ast.parse(FILE.read_text("utf-8")).body
    if isinstance(node, ast.FunctionDef | ast.ClassDef)
]


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_taken_whole(name: str) -> None:
    text = function_text(name)
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.FunctionDef | ast.ClassDef)
    assert node.name == name
    assert f"\n\n\n{text}\n" in FILE.read_text("utf-8")


def test_every_function_stands_in_some_script() -> None:
    settings = TrainingSettings(split="stratified", test_share=0.1)
    source = training_source("net", settings, (8, 8, 1), (10,), "softmax", adapts=True)
    assert all(function_text(name) in source.functions for name in NAMES)


@pytest.mark.keras
def test_the_functions_run_where_they_stand() -> None:
    functions: Any = importlib.import_module("builder.codegen.keras.training_functions")
    assert functions.spread(2, 6).tolist() == [False, False, True, False, False, True]
    images = np.arange(40)
    batches = functions.Batches(images, images + 100)
    assert (len(batches), batches.steps_per_epoch) == (20, 2)
    epochs = [np.concatenate([batches[2 * epoch + n][0] for n in (0, 1)]) for epoch in (0, 1)]
    assert all(sorted(epoch) == images.tolist() for epoch in epochs)
    assert not np.array_equal(epochs[0], epochs[1])
