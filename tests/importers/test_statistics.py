"""Normalization layers that were adapted come in with their mean and variance."""

import io
import json
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.codegen.keras.script import to_script
from builder.files.architecture_file import from_json, to_json
from builder.importers.opening import open_file
from builder.importers.result import ImportResult
from builder.network.architecture import Architecture
from tests.importers.files import functional, image, layer
from tests.transforms.test_head import CASES

pytestmark = [
    pytest.mark.keras,
    # Keras copies its variables in a way that NumPy 2 takes, but does not like.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

RNG = np.random.default_rng(0)


def read(path: Path) -> ImportResult:
    with path.open("rb") as file:
        return open_file(file, path.name, fold=False)


def built(architecture: Architecture) -> Any:
    space: dict[str, Any] = {"__name__": "exported"}
    exec(compile(to_script(architecture), "<exported>", "exec"), space)
    return space["build_model"]()


def normalizing(model: Any) -> list[Any]:
    """The Normalization layers, those of inner models in the place where they are called."""
    import keras

    found: list[Any] = []
    for each in model.layers:
        if isinstance(each, keras.Model):
            found += normalizing(each)
        elif isinstance(each, keras.layers.Normalization):
            found.append(each)
    return found


def adapt_all(model: Any, seed: int = 0) -> None:
    rng = np.random.default_rng(seed)
    for each in normalizing(model):
        shape = (50, *each.input.shape[1:])
        each.adapt(rng.normal(rng.uniform(0, 200), rng.uniform(1, 80), shape))


def plain(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((6, 6, 3)), layers.Normalization(), layers.Flatten(), layers.Dense(2)]
    )


def nested(keras: Any) -> Any:
    """Two inner models, one of them inside the other, and layers of many names."""
    layers = keras.layers
    image = keras.Input((6, 6, 3))
    deep = keras.Sequential([keras.Input((6, 6, 3)), layers.Normalization(name="n")], name="deep")
    x = layers.Conv2D(3, 1)(layers.Normalization(name="first")(deep(image)))
    inner = keras.Model(image, x, name="inner")
    given = keras.Input((6, 6, 3))
    x = layers.BatchNormalization()(inner(layers.Normalization(name="start")(given)))
    x = layers.Normalization(name="again", axis=None)(x)
    return keras.Model(given, layers.Normalization(axis=1)(x), name="outer")


def ways(keras: Any) -> Any:
    layers = keras.layers
    given = keras.Input((6, 6, 3))
    left = layers.Normalization(name="left")(layers.Conv2D(2, 1)(given))
    right = layers.Normalization(name="right")(layers.MaxPooling2D(3, 1, "same")(given))
    return keras.Model(given, layers.Concatenate()([right, left]))


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize("make", [plain, nested, ways])
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
def test_each_layer_gives_exactly_what_it_gave(
    make: Callable[[Any], Any], ending: str, tmp_path: Path
) -> None:
    import keras

    keras.utils.clear_session()
    model = make(keras)
    adapt_all(model)
    path = tmp_path / f"model.{ending}"
    model.save(path)
    result = read(path)
    assert result.unmapped == ()
    ours = normalizing(built(result.architecture))
    theirs = {each.name: each for each in normalizing(model)}
    assert len(ours) == len(theirs)
    for each, (_, original) in zip(ours, _in_order(result, theirs), strict=True):
        values = RNG.uniform(0, 255, (4, *original.input.shape[1:])).astype("float32")
        assert each.axis == original.axis
        assert np.array_equal(each(values), original(values))


def _in_order(result: ImportResult, theirs: dict[str, Any]) -> list[tuple[str, Any]]:
    """The original layers in the order of the export, matched by their statistics."""
    order: list[tuple[str, Any]] = []
    for node in result.architecture:
        if node.block.type_name() != "Normalization":
            continue
        mean = np.asarray(node.block.values()["mean"], "f4").ravel()
        (match,) = (
            pair for pair in theirs.items() if np.array_equal(np.ravel(pair[1].adapt_mean), mean)
        )
        order.append(match)
    assert len({name for name, _ in order}) == len(theirs)
    return order


def test_an_adapted_layer_normalizes_the_data_that_it_was_adapted_to() -> None:
    import keras

    result = read(CASES / "F12_adapted.keras")
    assert result.unmapped == ()
    original: Any = keras.saving.load_model(CASES / "F12_adapted.keras")
    statistics = original.layers[1].get_weights()
    (ours,) = normalizing(built(result.architecture))
    values = RNG.uniform(0, 255, (16, 8, 8, 3)).astype("float32")
    assert np.array_equal(ours(values), original.layers[1](values))
    mean, deviation = statistics[0], np.sqrt(statistics[1])
    data = np.stack([mean - deviation, mean + deviation])[:, None, None, :]
    outputs = np.asarray(ours(data.astype("float32")))
    assert outputs.mean(axis=(0, 1, 2)) == pytest.approx(0, abs=1e-5)
    assert outputs.std(axis=(0, 1, 2)) == pytest.approx(1, abs=1e-5)


def test_statistics_are_kept_in_our_own_files() -> None:
    architecture = read(CASES / "F12_adapted.keras").architecture
    assert from_json(to_json(architecture)) == architecture
    assert "adapt_normalization" not in to_script(architecture)


def test_a_layer_that_was_never_adapted_stays_open(tmp_path: Path) -> None:
    import keras

    model = plain(keras)
    model.save(tmp_path / "fresh.keras")
    result = read(tmp_path / "fresh.keras")
    assert result.unmapped == ()
    assert "adapt_normalization" in to_script(result.architecture)


def with_weights(tmp_path: Path, fill: Callable[[Any], None] | None) -> ImportResult:
    """A `.keras` file with one open Normalization, and weights that somebody else wrote."""
    h5py: Any = import_module("h5py")
    model = functional(image(), layer("Normalization", "n", "image"), layer("Flatten", "f", "n"))
    path = tmp_path / "made.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps(model))
        if fill is not None:
            content = io.BytesIO()
            with h5py.File(content, "w") as file:
                fill(file)
            archive.writestr("model.weights.h5", content.getvalue())
    return read(path)


PLACE = "layers/normalization/vars"


def _arrays(mean: Any, variance: Any) -> Callable[[Any], None]:
    def fill(file: Any) -> None:
        file[f"{PLACE}/0"], file[f"{PLACE}/1"] = mean, variance

    return fill


def _linked(file: Any) -> None:
    h5py: Any = import_module("h5py")
    file[f"{PLACE}/0"] = h5py.ExternalLink("/etc/passwd", "/x")
    file[f"{PLACE}/1"] = h5py.SoftLink(f"/{PLACE}/1")


def _huge(file: Any) -> None:
    file.create_dataset(f"{PLACE}/0", (10**9,), "f4", chunks=(10**6,), compression="gzip")
    file.create_dataset(f"{PLACE}/1", (10**9,), "f4", chunks=(10**6,), compression="gzip")


HOSTILE: dict[str, tuple[Callable[[Any], None] | None, str]] = {
    "none": (None, "could not be read"),
    "damaged": (lambda file: file.attrs.__setitem__("x", 1), "could not be read"),
    "not finite": (
        _arrays(np.array([1, np.nan, 2], "f4"), np.array([1, 2, 3], "f4")),
        "not finite",
    ),
    "too large": (_arrays(np.array([1e20] * 3, "f4"), np.array([1, 2, 3], "f4")), "larger than"),
    "of another number": (
        _arrays(np.array([1, 2], "f4"), np.array([1, 2, 3], "f4")),
        "could not be read",
    ),
    "texts": (_arrays(["a", "b", "c"], ["a", "b", "c"]), "could not be read"),
    "links": (_linked, "could not be read"),
    "huge": (_huge, "more than 4,096 numbers"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_reported_and_the_layer_stays(name: str, tmp_path: Path) -> None:
    fill, words = HOSTILE[name]
    result = with_weights(tmp_path, fill)
    (found,) = result.unmapped
    assert (found.layer, found.class_name, found.kept) == ("n", "Normalization", True)
    assert words in found.reason
    assert "learns them from its images" in found.reason
    assert result.architecture.nodes[1].block.values()["mean"] is None


def test_the_older_name_of_the_folder_is_read(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        place = "_layer_checkpoint_dependencies\\normalization\\vars"
        file[f"{place}\\0"], file[f"{place}\\1"] = (
            np.array([1, 2, 3], "f4"),
            np.array([4, 5, 6], "f4"),
        )

    result = with_weights(tmp_path, fill)
    assert result.unmapped == ()
    assert result.architecture.nodes[1].block.values()["mean"] == [1, 2, 3]
