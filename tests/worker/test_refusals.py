"""What a worker says in words: its best epoch, errors, devices, and what it refuses."""

from types import SimpleNamespace
from typing import Any

import pytest

from builder.runs.metric_rows import EpochMetrics
from builder.runs.run_folder import RunError
from builder.scheduler import launcher
from builder.system import devices
from builder.training.settings import TrainingSettings
from builder.worker.explain import explain
from builder.worker.refusals import check_script, check_together, choose_device
from builder.worker.results import summarize


def epoch(number: int, **metrics: float | None) -> EpochMetrics:
    return EpochMetrics(number, 0.0, metrics)


def test_the_best_epoch_is_reported() -> None:
    epochs = [
        epoch(1, val_accuracy=0.5, loss=1.0),
        epoch(2, val_accuracy=0.9),
        epoch(3, val_accuracy=0.7),
    ]
    assert summarize(epochs) == {
        "monitor": "val_accuracy",
        "best": 0.9,
        "best_epoch": 2,
        "final": {"val_accuracy": 0.7},
    }
    found = summarize([epoch(1, val_loss=2.0), epoch(2, val_loss=None), epoch(3, val_loss=1.0)])
    assert (found["monitor"], found["best"], found["best_epoch"]) == ("val_loss", 1.0, 3)
    assert summarize([epoch(1, loss=None)]) == {"final": {"loss": None}}


class ResourceExhaustedError(Exception):
    """As TensorFlow calls it."""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), "The memory was not enough for batches of 32 images."),
        (ResourceExhaustedError("OOM when allocating tensor"), "Use a smaller batch_size"),
        (
            Exception("URL fetch failure on https://www.cs.toronto.edu/x: None -- [Errno -2]"),
            "CIFAR-10 could not be downloaded from www.cs.toronto.edu: no connection.",
        ),
        (ModuleNotFoundError("No module named 'sklearn'"), "pip install scikit-learn"),
        (OSError(28, "No space left on device"), "The disk is full. "),
        (
            ValueError(
                'Input 0 of layer "conv2d" is incompatible with the layer: expected shape='
                "(None, 32, 32, 3), found shape=(None, 8, 8, 1)"
            ),
            "received images of shape (None, 8, 8, 1), expected (None, 32, 32, 3).",
        ),
        (
            ValueError(
                'Invalid input shape for input Tensor("data:0", shape=(None, 8, 8, 1)). Expected '
                "shape (None, 32, 32, 3), but input has incompatible shape (None, 8, 8, 1)"
            ),
            "received images of shape (None, 8, 8, 1), expected (None, 32, 32, 3).",
        ),
        (
            ValueError(
                "Arguments `target` and `output` must have the same shape. Received: "
                "target.shape=(None, 10), output.shape=(None, 5)"
            ),
            "labels of shape (None, 10) and outputs of shape (None, 5)",
        ),
        (RunError("No GPU", "use cpu"), "No GPU. Use cpu."),
        (
            ValueError('Graph execution error:\n\nDetected at node x\n  File "a"\nIt broke\nmore'),
            "An error while training: It broke.",
        ),
        (KeyError(), "An error while training: KeyError."),
        (ValueError("x" * 1_000), "x…"),
    ],
)
def test_errors_become_sentences(error: Exception, expected: str) -> None:
    text = explain(error, TrainingSettings(dataset="cifar10"), "training").sentences
    assert expected in text
    assert "\n" not in text
    assert len(text) < 500


@pytest.mark.parametrize(
    "said",
    [
        'Input 0 of layer "dense_1" is incompatible with the layer',
        "Exception encountered when calling layer 'dense_1'",
        "Detected in net/dense_1/MatMul: overflow",
    ],
)
def test_a_message_of_keras_names_layers_as_the_network_does(said: str) -> None:
    names = {"dense_1": "squeeze_excitation_1 › dense_2"}
    words = explain(ValueError(said), TrainingSettings(), "training", names)
    assert said.replace("dense_1", "squeeze_excitation_1 › dense_2") in words.message


def test_devices_are_listed_without_a_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pynvml", None)
    found = devices.devices()
    assert [device.id for device in found] == ["auto", "cpu"]
    assert found[1].memory > found[1].memory_used > 0


def test_gpus_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    class NVMLError(Exception):
        pass

    fake = SimpleNamespace(
        NVMLError=NVMLError,
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetCount=lambda: 2,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetName=lambda _: b"NVIDIA H200",
        nvmlDeviceGetMemoryInfo=lambda _: SimpleNamespace(total=100, used=7),
    )
    monkeypatch.setitem(__import__("sys").modules, "pynvml", fake)
    found = devices.devices()
    assert [device.id for device in found] == ["auto", "cpu", "gpu:0", "gpu:1"]
    assert found[3] == devices.Device("gpu:1", "GPU 1: NVIDIA H200", 100, 7)
    assert found[0].title == "Automatic (GPU 0: NVIDIA H200)"


@pytest.mark.parametrize(
    ("device", "visible"), [("auto", None), ("cpu", "-1"), ("gpu:0", "0"), ("gpu:12", "12")]
)
def test_a_process_sees_only_its_device(device: str, visible: str | None) -> None:
    assert devices.environment(device).get("CUDA_VISIBLE_DEVICES") == visible


def test_a_worker_keeps_the_memory_of_a_batch_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MALLOC_TOP_PAD_", raising=False)
    assert int(launcher.environment("cpu")["MALLOC_TOP_PAD_"]) >= 16 << 20
    monkeypatch.setenv("MALLOC_TOP_PAD_", "4096")
    assert launcher.environment("cpu")["MALLOC_TOP_PAD_"] == "4096"


def test_a_gpu_that_is_not_there_is_refused() -> None:
    def keras(*names: str) -> Any:
        return SimpleNamespace(distribution=SimpleNamespace(list_devices=lambda: names))

    assert choose_device(keras("cpu:0"), "auto") == choose_device(keras("cpu:0"), "cpu") == "cpu"
    assert choose_device(keras("gpu:0"), "auto") == "gpu:0"
    assert choose_device(keras("gpu:0"), "gpu:3") == "gpu:3"
    with pytest.raises(RunError, match="Keras sees no GPU; install tensorflow"):
        choose_device(keras("cpu:0"), "gpu:0")


def test_a_script_that_cannot_be_resumed_is_refused_in_words() -> None:
    check_script(SimpleNamespace(train=print, batches=print))
    check_script(SimpleNamespace(train=print, Batches=object))
    with pytest.raises(RunError, match=r"earlier version, .* train the network once more"):
        check_script(SimpleNamespace(train=print))


def test_steps_that_would_run_into_the_next_epoch_are_refused() -> None:
    for together in (1, 9, 45):
        check_together(together, 45)
    with pytest.raises(RunError, match=r"received 10, expected a divisor of the 45 batches"):
        check_together(10, 45)
