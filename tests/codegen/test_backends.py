"""Exported scripts train under each backend of Keras that is installed."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from builder.codegen.keras.script import to_script
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network.architecture import Architecture
from builder.training.settings import TrainingSettings

pytestmark = [pytest.mark.keras, pytest.mark.slow]

NETWORKS = {
    "plain": TEMPLATES["lenet5"].architecture,
    "residual": TEMPLATES["small_residual"].architecture,
    "adapted": stack(
        "adapted",
        block("Input", shape=(8, 8, 1)),
        block("Normalization"),
        block("Conv2D", 8),
        block("Flatten"),
        block("Dense", 10, activation="softmax"),
    ),
}


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_a_script_trains_under_another_backend(
    tmp_path: Path, backend: str, network: Architecture
) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    settings = TrainingSettings(dataset="placeholder", epochs=1)
    (tmp_path / "train.py").write_text(to_script(network, settings), "utf-8")
    run = subprocess.run(
        [sys.executable, "train.py"],
        cwd=tmp_path,
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2_000:]
    assert "val_loss" in run.stdout
    assert list(tmp_path.glob("*.keras"))
