"""A `.keras` file with fresh weights, and what may be in its way."""

import importlib
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.analysis import fresh_model
from builder.analysis.fresh_model import save_fresh_model
from builder.codegen.keras.script import to_script
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network.architecture import Architecture
from builder.system.errors import BuilderError
from builder.training.settings import TrainingSettings
from builder.worker.fresh_model import save

TINY = stack("tiny", block("Input", shape=(8, 8, 1)), block("Flatten"), block("Dense", 3))

STUB = """
class keras:
    class utils:
        set_random_seed = staticmethod(lambda seed: None)

def build_model():
    {body}
"""


@pytest.mark.keras
def test_keras_loads_it_with_the_weights_that_the_seed_gives(tmp_path: Path) -> None:
    template = TEMPLATES["small_residual"]
    settings = TrainingSettings(dataset="cifar10", seed=7)
    path = tmp_path / "small.keras"
    known = "keras" in sys.modules  # another test may have brought it
    save_fresh_model(template.architecture, path, settings)
    assert ("keras" in sys.modules) == known, "this process does without"
    assert [found.name for found in tmp_path.iterdir()] == ["small.keras"]

    keras: Any = importlib.import_module("keras")  # it carries no types
    model = keras.saving.load_model(path)
    assert (model.count_params(), model.name) == (template.total_params, "small_residual")
    exported: dict[str, Any] = {"__name__": "exported"}
    exec(compile(to_script(template.architecture, settings), "<exported>", "exec"), exported)
    keras.utils.set_random_seed(settings.seed)
    again = exported["build_model"]()
    for ours, theirs in zip(model.get_weights(), again.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)
    assert model.get_weights()[0].std() > 0


def test_weights_that_do_not_fit_are_refused_before_anything_starts(tmp_path: Path) -> None:
    image = block("Input", shape=(512, 512, 3))
    huge = stack("huge", image, block("Flatten"), block("Dense", 65_536))
    with pytest.raises(BuilderError, match=r"need 618\.5 GB of memory to save, [\d.]+ GB are free"):
        save_fresh_model(huge, tmp_path / "huge.keras")
    assert not list(tmp_path.iterdir())


def refused(path: Path, **options: object) -> str:
    with pytest.raises(BuilderError) as caught:
        save_fresh_model(TINY, path, **options)  # pyright: ignore[reportArgumentType]
    assert not list(path.parent.iterdir()), "nothing is left behind"
    return str(caught.value)


def test_a_process_that_fails_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tiny.keras"
    cancel = threading.Event()
    cancel.set()
    assert refused(path, cancel=cancel) == "building the model was cancelled"
    assert "was not built within 0 seconds; use fewer" in refused(path, seconds=0.0)
    monkeypatch.setattr(fresh_model, "MODULE", "builder.nothing")
    assert "ended with status 1" in refused(path)
    assert "No module named builder.nothing" in refused(path)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("raise MemoryError", "the memory is not enough for the model; use fewer"),
        ("raise ValueError('a first line\\\\nand more')", "cannot build the model: a first line"),
        ("raise OSError(28, 'No space left on device')", "cannot be saved: the disk is full"),
    ],
)
def test_what_goes_wrong_inside_becomes_a_sentence(
    tmp_path: Path, body: str, sentence: str
) -> None:
    script = tmp_path / "script.py"
    script.write_text(STUB.format(body=body), encoding="utf-8")
    assert sentence in save(str(script), str(tmp_path / "model.keras"))


def test_a_broken_network_starts_nothing(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match="cannot be exported yet"):
        save_fresh_model(Architecture("empty"), tmp_path / "empty.keras")


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        save_fresh_model(TINY, tmp_path / "nowhere" / "tiny.keras")
