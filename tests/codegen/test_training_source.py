import ast
import itertools
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from builder.codegen.keras.training_plan import TrainingPlan, training_plan
from builder.codegen.keras.training_source import training_source
from builder.training import counts
from builder.training.losses import choose_loss
from builder.training.settings import (
    SGD,
    Adam,
    AdamW,
    Constant,
    CosineDecay,
    ExponentialDecay,
    PiecewiseConstantDecay,
    RMSprop,
    TrainingSettings,
)
from tests.worker.tiny import tiny_script, training_part

OPTIMIZERS = (
    Adam(),
    SGD(momentum=0.9, nesterov=True, weight_decay=0.0005, clipnorm=1.0),
    AdamW(weight_decay=1e-05, beta_1=0.8, beta_2=0.99, epsilon=1e-06, amsgrad=True, clipnorm=0.25),
    RMSprop(rho=0.95, momentum=0.9, epsilon=0.001, centered=True, weight_decay=0.01, clipnorm=2.0),
)
SCHEDULES = (
    Constant(),
    CosineDecay(),
    CosineDecay(alpha=0.01, warmup_epochs=2),
    ExponentialDecay(decay_rate=0.96, decay_epochs=5, staircase=True),
    PiecewiseConstantDecay(boundaries=(3,), factor=0.5),
    PiecewiseConstantDecay(),
)
DATASETS = ("digits", "mnist", "fashion_mnist", "cifar10", "cifar100", "placeholder")
SHAPES = ((8, 8, 1), (28, 28, 3), (32, 32, 1), (32, 32, 3), (224, 224, 3))
HEADS = ((10, "softmax"), (10, None), (10, "sigmoid"), (1, "sigmoid"), (1, "linear"))
ENDS: tuple[dict[str, Any], ...] = (
    {},
    {"patience": 5},
    {"keep_best": True, "monitor": "val_accuracy"},
    {"patience": 30, "keep_best": True},
    {"test_share": 0.1},
    {"test_share": 0.1, "split": "stratified"},
    {"precision": "mixed_float16", "jit_compile": "off", "steps_per_execution": 5},
)
LOSSES = (
    ("auto", 0.0),
    ("auto", 0.1),
    ("categorical_focal_crossentropy", 0.05),
    ("mean_squared_error", 0.0),
)


def plans() -> dict[str, TrainingPlan]:
    """Every choice in turn with the first of the others, and some mixtures."""
    axes = (DATASETS, OPTIMIZERS, SCHEDULES, LOSSES, SHAPES, HEADS, ENDS)
    picks = {
        tuple(i if k == axis else 0 for k in range(len(axes)))
        for axis, options in enumerate(axes)
        for i in range(len(options))
    }
    picks |= set(itertools.product(range(6), (0,), (2,), (1,), range(5), (0, 1), (0,)))
    picks |= {(5, 2, 5, 2, 4, head, 3) for head in range(len(HEADS))}
    found: dict[str, TrainingPlan] = {}
    for pick in sorted(picks):
        chosen: list[Any] = [options[i] for options, i in zip(axes, pick, strict=True)]
        data, optimizer, schedule, (loss, smoothing), shape, (units, activation), ends = chosen
        settings = TrainingSettings(
            dataset=data,
            optimizer=optimizer,
            schedule=schedule,
            loss=loss,
            label_smoothing=smoothing,
            **ends,
        )
        plan = training_plan("tiny", settings, shape, (units,), activation)
        found["script_" + "_".join(map(str, pick))] = plan
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scripts")
    for name, plan in plans().items():
        (path / f"{name}.py").write_text(training_part(training_source(plan)))
    return path


def ruff(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "ruff", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_script_is_formatted(folder: Path) -> None:
    done = ruff("format", "--isolated", "--line-length=100", "--diff", str(folder))
    assert done.returncode == 0, done.stdout[:3_000]


def test_every_script_is_clean(folder: Path) -> None:
    # build_model is written by others.
    # Special methods do what their names say.
    rules = ["--select=E,F,I,UP,B,SIM,N,D1,C4", "--ignore=F821,D100,D105,D107"]
    rules.append("--line-length=100")
    done = ruff("check", "--isolated", *rules, str(folder))
    assert done.returncode == 0, done.stdout[:3_000]


def test_every_script_has_the_functions_of_the_contract(folder: Path) -> None:
    for path in folder.iterdir():
        tree = ast.parse(path.read_text())
        functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        arguments = {name: [arg.arg for arg in node.args.args] for name, node in functions.items()}
        assert arguments["load_data"] == []
        assert arguments["compile_model"] == ["model"]
        assert arguments["train"] == ["model", "data", "callbacks"]
        assert arguments["main"] == []
        modules = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        assert {"keras", "numpy"} <= modules <= {"functools", "keras", "numpy"}
        assert ("sklearn" in path.read_text()) == path.name.startswith("script_0")


def source_of(**changes: Any) -> str:
    shape = changes.pop("shape", (32, 32, 3))
    units, activation = changes.pop("head", (10, "softmax"))
    source = training_source(
        training_plan("tiny", TrainingSettings(**changes), shape, (units,), activation)
    )
    return f"{source.constants}\n{source.functions}"


def test_defaults_are_left_out() -> None:
    assert "OPTIMIZER = keras.optimizers.Adam\n" in source_of()
    assert 'LOSS = "sparse_categorical_crossentropy"\n' in source_of()


def test_only_what_is_needed_is_written() -> None:
    assert "resize" in source_of()
    assert "resize" not in source_of(shape=(8, 8, 1))
    assert "np.repeat(images, INPUT_SHAPE[2], axis=-1)" in source_of(shape=(8, 8, 3))
    assert "0.587" in source_of(dataset="cifar10", shape=(32, 32, 1))
    assert "antialias=True" in source_of(dataset="cifar10", shape=(16, 16, 3))
    assert "num_training" not in source_of()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"head": (10, None)}, "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"),
        ({"head": (1, "sigmoid")}, 'LOSS = "binary_crossentropy"'),
        ({"head": (1, None)}, "keras.losses.BinaryCrossentropy(from_logits=True)"),
        ({"head": (1, None)}, 'BinaryAccuracy(name="accuracy", threshold=0.0)'),
        ({"head": (10, "sigmoid")}, "keras.utils.to_categorical(labels, NUM_CLASSES)"),
        ({"label_smoothing": 0.1}, "keras.losses.CategoricalCrossentropy(label_smoothing=0.1)"),
        ({"label_smoothing": 0.1}, "to_categorical(labels, NUM_CLASSES)"),
        (
            {"loss": "sparse_categorical_crossentropy", "label_smoothing": 0.1},
            "keras.losses.CategoricalCrossentropy(label_smoothing=0.1)",
        ),
        ({"loss": "mean_squared_error", "label_smoothing": 0.1}, 'LOSS = "mean_squared_error"'),
    ],
)
def test_the_loss_fits_the_head(changes: dict[str, Any], expected: str) -> None:
    assert expected in source_of(**changes)


def test_what_ends_a_training_early_stands_in_the_script() -> None:
    plain = source_of()
    assert "make_callbacks" not in plain
    assert "PATIENCE" not in plain
    both = source_of(patience=7, keep_best=True, monitor="val_accuracy")
    assert 'MONITOR = "val_accuracy"\nMODE = "max"\nPATIENCE = 7\n' in both
    assert "EarlyStopping(monitor=MONITOR, mode=MODE, patience=PATIENCE)" in both
    assert 'f"{NAME}-best.keras"' in both
    assert "train(model, data, make_callbacks())" in both


def test_what_makes_it_faster_stands_in_the_script() -> None:
    plain = source_of()
    for word in ("COMPILE_OPTIONS", "LossScaleOptimizer"):
        assert word not in plain
    assert 'COMPILE_OPTIONS = {"jit_compile": True}\n' in source_of(jit_compile="on")
    assert 'COMPILE_OPTIONS = {"jit_compile": False}\n' in source_of(jit_compile="off")
    together = source_of(steps_per_execution=9)
    assert '\nCOMPILE_OPTIONS = {"steps_per_execution": 9}\n' in together
    assert "metrics=metrics, **COMPILE_OPTIONS)" in together
    scaled = "optimizer = keras.optimizers.LossScaleOptimizer(optimizer)"
    assert scaled in source_of(precision="mixed_float16")
    assert scaled not in source_of(precision="mixed_bfloat16")


def test_logits_are_taken_for_logits_only_by_crossentropies() -> None:
    settings = TrainingSettings(loss="mean_absolute_error")
    assert not choose_loss(settings, 10, None).from_logits
    assert choose_loss(TrainingSettings(), 10, "relu").from_logits


@pytest.mark.parametrize("name", ['a"; import os; "', "a\nb", "x'y\\", "../up", "日本"])
def test_a_name_cannot_become_code(name: str) -> None:
    script = tiny_script(TrainingSettings(), name=name)
    constants = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(script).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id != "OPTIMIZER"
    }
    assert constants["NAME"].isidentifier()


def run_functions(script: str) -> SimpleNamespace:
    """Runs a script up to its `main()`."""
    space: dict[str, Any] = {"__name__": "script"}
    exec(compile(script, "train.py", "exec"), space)
    return SimpleNamespace(**space)


class Caches:
    """Small data sets behind Keras's loaders."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        keras = pytest.importorskip("keras")
        rng = np.random.default_rng(0)
        color = rng.integers(0, 256, (50, 32, 32, 3), dtype=np.uint8)
        labels = rng.integers(0, 10, (50, 1), dtype=np.uint8)
        gray = rng.integers(0, 256, (50, 28, 28), dtype=np.uint8)
        for name in ("cifar10", "cifar100"):
            loader = getattr(keras.datasets, name)
            sets = (color, labels), (color[:7], labels[:7])
            monkeypatch.setattr(loader, "load_data", lambda sets=sets: sets)
        for name in ("mnist", "fashion_mnist"):
            loader = getattr(keras.datasets, name)
            sets = (gray, labels[:, 0]), (gray[:7], labels[:7, 0])
            monkeypatch.setattr(loader, "load_data", lambda sets=sets: sets)


@pytest.mark.keras
def test_images_come_in_an_order_of_their_own_in_every_epoch() -> None:
    module = run_functions(tiny_script(TrainingSettings(epochs=3, batch_size=4)))
    images, labels = np.arange(10), np.arange(10) + 100
    drawn = [*module.batches(images, labels)]
    assert [len(batch[0]) for batch in drawn] == [4, 4, 2] * 3
    epochs = [drawn[3 * epoch : 3 * epoch + 3] for epoch in range(3)]
    orders = [np.concatenate([batch[0] for batch in epoch]).tolist() for epoch in epochs]
    assert all(sorted(order) == list(range(10)) for order in orders)
    assert len({tuple(order) for order in orders}) == 3
    assert all((batch[1] == batch[0] + 100).all() for batch in drawn)
    np.random.default_rng().permutation(10)
    again = [*module.batches(images, labels)]
    assert np.array_equal(again[5][0], drawn[5][0]), "whatever was drawn before"


@pytest.mark.keras
def test_the_script_trains_by_one_fit_from_the_first_batch_to_the_last() -> None:
    module = run_functions(tiny_script(TrainingSettings(epochs=3, batch_size=4)))
    fitted: list[tuple[Any, dict[str, Any]]] = []
    model = SimpleNamespace(fit=lambda batches, **options: fitted.append((batches, options)))
    validation = (np.arange(2), np.arange(2))
    module.train(model, ((np.arange(10), np.arange(10)), validation), ["noted"])
    ((batches, options),) = fitted
    assert len([*batches]) == options["epochs"] * options["steps_per_epoch"] == 9
    assert options["validation_data"] is validation
    assert options["callbacks"] == ["noted"]


@pytest.mark.keras
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (16, 20, 1), (40, 12, 3)])
@pytest.mark.parametrize("dataset", DATASETS)
def test_data_come_in_the_shape_of_the_model(
    monkeypatch: pytest.MonkeyPatch, dataset: Any, shape: tuple[int, int, int], smoothing: float
) -> None:
    Caches(monkeypatch)
    settings = TrainingSettings(dataset=dataset, label_smoothing=smoothing)
    module = run_functions(tiny_script(settings, shape))
    (x_train, y_train), (x_val, y_val), *test = module.load_data()
    num_images = {"digits": 1_797, "placeholder": 64}.get(dataset, 50)
    assert len(x_val) == len(y_val) == -(-num_images // 5)
    assert len(x_train) == len(y_train) == num_images - len(x_val)
    assert x_train.shape[1:] == x_val.shape[1:] == shape
    assert x_train.dtype == np.uint8
    assert x_train.max() > 100  # shrinking random pixels averages them
    classes = {"cifar100": 100}.get(dataset, 10)
    assert y_train.shape[1:] == ((classes,) if smoothing else ())
    assert len(test) == (dataset not in ("digits", "placeholder"))
    for x_test, y_test in test:  # what its authors keep for it, and nothing of the rest
        assert x_test.shape == (7, *shape)
        assert x_test.dtype == np.uint8
        assert y_test.shape == (7, *y_train.shape[1:])
    again = run_functions(tiny_script(settings, shape)).load_data()
    assert np.array_equal(again[0][0], x_train)


@pytest.mark.keras
def test_resizing_keeps_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    Caches(monkeypatch)
    module = run_functions(tiny_script(TrainingSettings(), (24, 24, 3)))
    digits = np.zeros((2, 8, 8, 1), np.uint8)
    digits[0, :4] = 240
    resized = module.resize(digits)
    assert (resized[0, :10] == 240).all()
    assert (resized[0, 14:] == 0).all()
    assert np.array_equal(resized[..., 0], resized[..., 2])


@pytest.mark.keras
@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (CosineDecay(), {0: 1.0, 135: 0.5, 270: 0.0}),
        (CosineDecay(warmup_epochs=2, alpha=0.1), {0: 0.0, 45: 0.5, 90: 1.0, 180: 0.55, 270: 0.1}),
        (ExponentialDecay(decay_rate=0.5, decay_epochs=2), {0: 1.0, 90: 0.5, 180: 0.25}),
        (ExponentialDecay(decay_rate=0.5, staircase=True), {0: 1.0, 44: 1.0, 45: 0.5, 90: 0.25}),
        (
            PiecewiseConstantDecay(boundaries=(1, 3), factor=0.1),
            {0: 1.0, 44: 1.0, 45: 0.1, 134: 0.1, 135: 0.01},
        ),
    ],
)
def test_schedules_count_in_epochs(schedule: Any, rates: dict[int, float]) -> None:
    settings = TrainingSettings(schedule=schedule, learning_rate=1.0, epochs=6)
    assert counts.data_counts(settings).batches_per_epoch == 45
    module = run_functions(tiny_script(settings))
    compiled = {}
    module.compile_model(SimpleNamespace(compile=compiled.update))
    optimizer = compiled["optimizer"]
    for step, rate in rates.items():
        optimizer.iterations.assign(step)
        assert float(optimizer.learning_rate) == pytest.approx(rate, abs=1e-6), step


@pytest.mark.keras
@pytest.mark.parametrize(
    ("units", "activation", "loss", "smoothing"),
    [
        (10, "softmax", "auto", 0.0),
        (10, None, "auto", 0.1),
        (10, "sigmoid", "auto", 0.0),
        (10, "softmax", "categorical_focal_crossentropy", 0.1),
        (10, "softmax", "mean_squared_error", 0.0),
        (10, "softmax", "binary_focal_crossentropy", 0.0),
        (1, "sigmoid", "auto", 0.1),
        (1, None, "auto", 0.0),
        (1, "sigmoid", "binary_focal_crossentropy", 0.0),
        (1, "sigmoid", "mean_absolute_error", 0.0),
    ],
)
def test_every_loss_trains(units: int, activation: Any, loss: Any, smoothing: float) -> None:
    settings = TrainingSettings(
        dataset="placeholder", epochs=1, loss=loss, label_smoothing=smoothing, optimizer=SGD()
    )
    module = run_functions(tiny_script(settings, units=units, activation=activation))
    model = module.build_model()
    module.compile_model(model)
    history = module.train(model, module.load_data()).history
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert np.isfinite(history["loss"][0])
    assert 0 <= history["val_accuracy"][0] <= 1
