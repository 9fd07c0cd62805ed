"""oneDNN's kernels train every network but those for which they are wrong, and none crashes."""

import json
import os
import platform
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from builder.blocks.base import Layer
from builder.blocks.layers.conv2d import Conv2D
from builder.blocks.layers.conv2d_transpose import Conv2DTranspose
from builder.blocks.layers.separable_conv2d import SeparableConv2D
from builder.codegen.keras.script import to_script
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.scheduler import launcher
from builder.scheduler.launcher import environment
from builder.training import onednn
from builder.training.settings import TrainingSettings
from tests.broken import net

CHILD = Path(__file__).with_name("gradients_child.py")
TOLERANCE = 1e-4
NUM_DRAWN = 24
LAYERS: Mapping[str, type[Layer]] = {
    layer.__name__: layer for layer in (Conv2D, Conv2DTranspose, SeparableConv2D)
}

Task = tuple[str, dict[str, Any], Sequence[int], int]


def shortcut(channels: int, **parameters: Any) -> Architecture:
    """A convolution that reads a whole image, and a head."""
    return net(
        ("image", "Input", {"shape": (32, 32, channels)}),
        ("conv", "Conv2D", {"filters": 32, "kernel_size": 1, "strides": 2} | parameters),
        ("pool", "GlobalAveragePooling2D"),
        ("dense", "Dense", {"units": 10, "activation": "softmax"}),
    )


@pytest.mark.parametrize(
    ("architecture", "breaks"),
    [
        (shortcut(1), True),
        (shortcut(15), True),
        (shortcut(16), False),
        (shortcut(3, strides=1), False),
        (shortcut(3, strides=(1, 2)), True),
        (shortcut(3, kernel_size=(1, 1), strides=3), True),
        (shortcut(3, kernel_size=3), False),
        (shortcut(3, kernel_size=(1, 2)), False),
        (shortcut(32, groups=4), True),
        (shortcut(64, groups=4), False),
    ],
)
def test_the_script_does_without_onednn_where_a_layer_needs_it(
    architecture: Architecture, breaks: bool
) -> None:
    assert infer(architecture).breaks_onednn is breaks
    assert (onednn.WITHOUT_ONEDNN in to_script(architecture)) is breaks


def test_a_transposed_convolution_counts_the_channels_of_its_output() -> None:
    for filters, breaks in ((15, True), (16, False)):
        layer = Conv2DTranspose(filters, 1, strides=2)
        assert layer.breaks_onednn((8, 8, 64)) is breaks


def test_of_the_gallery_only_the_shortcut_of_a_color_image_needs_it() -> None:
    broken = [name for name, one in TEMPLATES.items() if infer(one.architecture).breaks_onednn]
    assert broken == ["small_residual"]


def test_a_worker_gets_the_kernels_of_its_own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that is started by another run's worker, which hands its environment on."""
    monkeypatch.delenv(onednn.VARIABLE, raising=False)
    first = environment("auto", breaks_onednn=True)
    assert first[onednn.VARIABLE] == "0"
    for name, value in first.items():
        monkeypatch.setenv(name, value)
    assert onednn.VARIABLE not in environment("auto")
    assert environment("auto", breaks_onednn=True)[onednn.VARIABLE] == "0"


def test_what_a_person_has_set_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(onednn.VARIABLE, "1")
    assert environment("auto", breaks_onednn=True)[onednn.VARIABLE] == "1"


def draw_layers(count: int, seed: int) -> Iterator[Task]:
    """Convolutions around the bounds of the rule that a script may train with oneDNN."""
    rng = random.Random(seed)
    while count:
        name = rng.choice(["Conv2D", "Conv2D", "Conv2DTranspose", "SeparableConv2D"])
        strides = rng.choice([1, 2, 2, 3] if name == "SeparableConv2D" else [1, 2, 2, 3, (1, 2)])
        arguments = {
            "filters": rng.choice([1, 3, 8, 15, 16, 17, 32, 64]),
            "kernel_size": rng.choice([1, 1, 1, 2, 3]),
            "strides": strides,
            "padding": "same",
        }
        size = rng.choice([4, 6, 7, 12, 16])
        shape = (size, rng.choice([size, 8]), rng.choice([1, 3, 8, 15, 16, 17, 24, 31, 48, 64]))
        layer = LAYERS[name].create(arguments)
        if not layer.breaks_onednn(shape):
            count -= 1
            yield name, arguments, shape, rng.choice([1, 7, 8, 15, 29, 31, 32])


@contextmanager
def gradients(**variables: str) -> Iterator[Callable[..., list[float]]]:
    """A process with Keras, and a function that asks how far off each layer's gradients are."""
    cleared = {name: value for name, value in os.environ.items() if name != onednn.VARIABLE}
    with subprocess.Popen(
        [sys.executable, str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**cleared, "TF_CPP_MIN_LOG_LEVEL": "3", **variables},
        text=True,
    ) as process:
        to_child, from_child = process.stdin, process.stdout
        assert to_child is not None
        assert from_child is not None

        def errors(tasks: Sequence[Task], variables: Mapping[str, str]) -> list[float]:
            to_child.write(json.dumps({"variables": variables, "tasks": tasks}) + "\n")
            to_child.flush()
            found = json.loads(from_child.readline())
            computed = found["errors"]
            assert len(computed) == len(tasks), f"{tasks[len(computed)]}: exit {found['code']}"
            return computed

        yield errors


@pytest.fixture(scope="module")
def errors() -> Iterator[Callable[..., list[float]]]:
    with gradients() as asked:
        yield asked


@pytest.mark.keras
@pytest.mark.parametrize(
    "variables",
    [
        {"TF_NUM_INTRAOP_THREADS": "2"},
        {"TF_NUM_INTRAOP_THREADS": "3", "ONEDNN_MAX_CPU_ISA": "AVX2"},
    ],
    ids=["this processor", "AVX2"],
)
def test_gradients_that_onednn_computes_are_right(
    variables: Mapping[str, str], errors: Callable[..., list[float]]
) -> None:
    tasks = list(draw_layers(NUM_DRAWN, seed=len(variables)))
    for task, error in zip(tasks, errors(tasks, variables), strict=True):
        assert error < TOLERANCE, task


@pytest.mark.keras
@pytest.mark.skipif(
    platform.machine() != "x86_64" or "avx2" not in Path("/proc/cpuinfo").read_text("utf-8"),
    reason="the fault is in a kernel for AVX2",
)
def test_the_rule_is_still_needed(errors: Callable[..., list[float]]) -> None:
    """Wrong with TensorFlow 2.21: when this fails with a newer one, look at the rule again."""
    task: Task = ("Conv2D", {"filters": 32, "kernel_size": 1, "strides": 2}, (8, 8, 3), 32)
    variables = {"ONEDNN_MAX_CPU_ISA": "AVX2"}
    assert errors([task], variables)[0] > 0.01
    with gradients(**{onednn.VARIABLE: "0"}) as errors_without:
        assert errors_without([task], variables)[0] < TOLERANCE


@pytest.mark.keras
def test_the_network_that_crashed_trains_again_and_again(tmp_path: Path) -> None:
    """With oneDNN nearly every process that trains one of these scripts ends in a signal."""
    cleared = {name: value for name, value in os.environ.items() if name != onednn.VARIABLE}
    for batch_size in (31, 32):
        settings = TrainingSettings(epochs=1, batch_size=batch_size, validation_share=0.2)
        script = to_script(shortcut(3), settings)
        (tmp_path / f"train_{batch_size}.py").write_text(script, encoding="utf-8")
    one_after_the_other = (
        "import runpy; [runpy.run_path(f'train_{n}.py', run_name='__main__') for n in (31, 32)]"
    )
    done = subprocess.run(
        [sys.executable, "-c", one_after_the_other],
        cwd=tmp_path,
        env=cleared | {"TF_NUM_INTRAOP_THREADS": "2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]


@pytest.mark.keras
def test_a_run_of_the_app_is_trained_with_the_kernels_that_its_script_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(onednn.VARIABLE, raising=False)
    started: list[Mapping[str, str]] = []

    class Ended:
        pid = 1

        def wait(self) -> int:
            return 0

    def popen(_: Sequence[str], *, env: Mapping[str, str], **__: Any) -> Ended:
        started.append(env)
        return Ended()

    monkeypatch.setattr(launcher.subprocess, "Popen", popen)
    for architecture in (shortcut(3), shortcut(16)):
        settings = TrainingSettings(epochs=1)
        run = launcher.create_run(
            tmp_path, "doc", "net", "{}", to_script(architecture, settings), settings, {}
        )
        launcher.start(run)
    assert [env.get(onednn.VARIABLE) for env in started] == ["0", None]
