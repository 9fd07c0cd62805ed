"""The training half of a script is real functions: taken as they stand, and they do the same."""

import ast
import functools
import importlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from builder.codegen.keras.exported_functions import (
    FILES,
    all_functions,
    exported_functions,
    names_read,
    settled,
)
from builder.codegen.keras.training_plan import TrainingPlan, training_plan
from builder.codegen.keras.training_source import training_source
from builder.datasets.published import dataset
from builder.network.script_names import script_names
from builder.training.settings import SGD, CosineDecay, Split, TrainingSettings
from tests.codegen.test_training_source import Caches, plans
from tests.sources import tree
from tests.worker.tiny import training_part


@cache
def source_of(name: str) -> list[str]:
    """A function's lines in its file, without their indentation."""
    ((file, node),) = (
        (file, one) for file in FILES for one in tree(file).body if getattr(one, "name", "") == name
    )
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    lines = file.read_text("utf-8").splitlines()
    return [line.strip() for line in lines[first - 1 : node.end_lineno]]


def own_images() -> Iterator[TrainingPlan]:
    """On images of one's own: with and without parts that came with them, sizes, colors, splits."""
    gray = replace(dataset("digits"), name="own:0123456789abcdef", folder="/images")
    color = replace(gray, channels=3)
    for data in (gray, color):
        for given, test in ((0, 0), (0, 40), (300, 0), (300, 40)):
            parts = replace(data, num_test_images=test, validation_class_counts=(given,))
            splits: tuple[tuple[Split, float], ...]
            splits = (("random", 0.0), ("stratified", 0.1), ("random", 0.1))
            for split, share in splits:
                for shape in ((8, 8, 1), (8, 8, 3), (9, 9, 1)):
                    settings = TrainingSettings(
                        split=split, test_share=share, schedule=CosineDecay()
                    )
                    plan = training_plan("own", settings, shape, (10,), "softmax", adapts=True)
                    yield replace(plan, dataset=parts)


@cache
def every_plan() -> list[TrainingPlan]:
    return [*plans().values(), *own_images()]


def test_a_script_has_lines_of_the_files_in_their_order() -> None:
    for plan in every_plan():
        for name, text in exported_functions(plan).items():
            left = iter(source_of(name))
            missing = [line for line in text.splitlines() if line.strip() not in left]
            assert not missing, (name, missing)


def test_every_question_to_the_plan_is_answered() -> None:
    for plan in every_plan():
        text = training_part(training_source(plan))
        assert "plan" not in names_read(text)
        compile(text, "<script>", "exec")


def test_every_line_stands_in_some_script() -> None:
    exported = {
        (name, line.strip())
        for plan in every_plan()
        for name, text in exported_functions(plan).items()
        for line in text.splitlines()
    }
    lines = [(name, line) for name in all_functions() for line in source_of(name)]
    questions = ("if plan.", "elif plan.", "if not plan.", "else:")
    left = [each for each in lines if each not in exported and not each[1].startswith(questions)]
    assert not left


def test_a_script_has_only_functions_and_constants_that_it_reads() -> None:
    for plan in every_plan():
        source = training_source(plan)
        script = ast.parse(f"{source.constants}\n{source.functions}")
        made = [one.id for one in ast.walk(script) if isinstance(one, ast.Name)
                and isinstance(one.ctx, ast.Store) and one.id.isupper()]  # fmt: skip
        made += [one.name for one in script.body if isinstance(one, ast.FunctionDef | ast.ClassDef)]
        loads = [one.id for one in ast.walk(script) if isinstance(one, ast.Name)
                 and isinstance(one.ctx, ast.Load)]  # fmt: skip
        assert set(made) <= set(loads)
        assert len(made) == len({*made})


def test_no_block_of_a_person_has_the_name_of_one() -> None:
    assert script_names() >= {*all_functions()}


def test_a_function_that_asks_nothing_is_taken_whole() -> None:
    plan = training_plan("net", TrainingSettings(), (8, 8, 1), (10,), "softmax")
    text = settled("batches", plan)
    assert f"\n\n\n{text}\n\n\n" in FILES[-1].read_text("utf-8")
    with pytest.raises(KeyError):
        settled("nothing", plan)


def in_place(plan: TrainingPlan) -> Any:
    """The functions where they stand, with the constants of a plan."""
    modules: list[Any] = [
        importlib.import_module(f"builder.codegen.keras.{file.stem}") for file in FILES
    ]
    for module in modules:
        module.plan, module.functools = plan, functools
        exec(training_source(plan).constants, vars(module))
    return modules[-1]


def exported(plan: TrainingPlan) -> Any:
    """The functions of a script, run."""
    module = ModuleType("exported")
    exec(training_part(training_source(plan)), vars(module))
    return module


def compiled(module: Any) -> dict[str, Any]:
    """What a model is compiled with, as plain values."""
    found: dict[str, Any] = {}
    module.keras.utils.clear_session()  # the names of optimizers are counted
    module.compile_model(SimpleNamespace(compile=found.update))
    optimizer, metrics = found.pop("optimizer"), found.pop("metrics")
    return found | {
        "optimizer": (type(optimizer).__name__, optimizer.get_config()),
        "metrics": [getattr(metric, "name", metric) for metric in metrics],
        "loss": getattr(found["loss"], "name", found["loss"]),
    }


@pytest.mark.keras
@pytest.mark.parametrize(
    "settings",
    [
        TrainingSettings(),
        TrainingSettings(dataset="mnist", label_smoothing=0.1, patience=3),
        TrainingSettings(dataset="cifar10", test_share=0.1, split="stratified"),
        TrainingSettings(
            split="stratified", test_share=0.1, schedule=CosineDecay(), optimizer=SGD(momentum=0.9)
        ),
        TrainingSettings(dataset="placeholder", precision="mixed_float16", steps_per_execution=2),
    ],
    ids=lambda settings: settings.dataset,
)
def test_the_functions_do_where_they_stand_what_the_script_does(
    monkeypatch: pytest.MonkeyPatch, settings: TrainingSettings
) -> None:
    Caches(monkeypatch)
    plan = training_plan("net", settings, (8, 8, 1), (10,), "softmax")
    here, there = in_place(plan), exported(plan)
    ours, theirs = here.load_data(), there.load_data()
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert compiled(here) == compiled(there)
    batches = [[*module.batches(*data[0])] for module, data in ((here, ours), (there, theirs))]
    assert len(batches[0]) == len(batches[1]) == settings.epochs * -(-len(ours[0][0]) // 32)
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(*batches, strict=True))
