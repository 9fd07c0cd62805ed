"""Files of Keras 2: the same functions come out, though some names mean something else by now.

`tests/cases/keras2/make.py` made the models and their outputs by Keras 2 itself.
"""

import gzip
import io
import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.importers.opening import open_file
from builder.importers.version import CURRENT, KerasVersion, read_version
from builder.system.errors import FormatError
from tests.importers.files import archive, functional, image, layer, sequential, text

CASES = Path(__file__).parent.parent / "cases"


@cache
def made(kind: str) -> dict[str, Any]:
    return json.loads(gzip.decompress((CASES / "keras2" / f"{kind}.json.gz").read_bytes()))


@pytest.fixture
def oracle() -> Any:
    from tests.differential import oracle

    oracle.keras.backend.clear_session(free_memory=False)
    return oracle


@pytest.mark.keras
@pytest.mark.parametrize(
    ("kind", "title"),
    [(kind, title) for kind in ("functions", "layers", "families") for title in made(kind)],
)
def test_a_file_of_keras_2_gives_what_it_gave(kind: str, title: str, oracle: Any) -> None:
    from tests.importers.exact import assert_outputs, opened

    case = made(kind)[title]
    result = opened(text(case["model"]))
    output = np.array(case["output"], "float32").reshape(case["shape"])
    assert_outputs(result, case["params"], [output])


@pytest.mark.keras
def test_the_hard_sigmoid_of_an_old_h5_file() -> None:
    """It is clip(0.2 x + 0.5, 0, 1) there, and relu6(x + 3) / 6 in Keras 3."""
    with (CASES / "F04_hard_sigmoid_keras2.h5").open("rb") as file:
        result = open_file(file, "F04.h5", fold=False)
    assert not result.unmapped
    assert "hard_sigmoid" not in str([node.block.values() for node in result.architecture])
    pairs = pairwise(node.block for node in result.architecture)
    chains = [(a, b) for a, b in pairs if a.type_name() == "Rescaling"]
    assert chains
    for rescaling, relu in chains:
        assert rescaling.values() == {"scale": 0.2, "offset": 0.5}
        assert relu.values()["max_value"] == 1.0


def _conv(**config: Any) -> dict[str, Any]:
    return layer("Conv2D", "conv", "image", filters=4, activation="hard_sigmoid", **config)


def _blocks(content: bytes, name: str = "m.json") -> list[str]:
    result = open_file(io.BytesIO(content), name, fold=False)
    return [node.block.type_name() for node in result.architecture][1:]


OLD, NEW = ["Conv2D", "Rescaling", "ReLU"], ["Conv2D"]


def test_the_version_that_a_file_names_decides() -> None:
    model = functional(image(), _conv())
    assert _blocks(text(model)) == NEW
    assert _blocks(text({**model, "keras_version": "2.12.0"})) == OLD
    for version, expected in (("2.15.0", OLD), ("3.0.0", NEW), (None, NEW), ("odd", NEW)):
        members = {"metadata.json": text({"keras_version": version})}
        assert _blocks(archive(text(model), **members), "m.keras") == expected
    assert _blocks(archive(text(model), **{"metadata.json": b"{"}), "m.keras") == NEW


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (functional(image(), _conv()), CURRENT),
        (sequential(_conv()), CURRENT),
        (
            sequential({"class_name": "Conv2D", "config": {"batch_input_shape": [None, 8]}}),
            (2, None),
        ),
        (functional({**_conv(), "inbound_nodes": [[["image", 0, 0, {}]]]}), (2, None)),
        (sequential(sequential(layer("InputLayer", "i", batch_input_shape=[None, 8]))), (2, None)),
        ({"class_name": "Sequential", "config": [_conv()]}, (2, None)),
        ({"keras_version": "2.2.4-tf", "config": {"layers": [image()]}}, (2, 2)),
        ({"config": {"layers": "none"}}, CURRENT),
    ],
)
def test_the_version_shows_in_how_a_file_is_written(content: dict[str, Any], expected: Any) -> None:
    assert read_version("", content) == KerasVersion(*expected)


def test_keras_1_is_refused_with_what_to_do() -> None:
    model = {**functional(image(), _conv()), "keras_version": "1.2.2"}
    with pytest.raises(FormatError, match=r"Keras '1.2.2', .*save it again"):
        open_file(io.BytesIO(text(model)))


def test_upsampling_of_the_first_keras_2_is_reported() -> None:
    up = layer("UpSampling2D", "up", "image", size=[2, 2], interpolation="bilinear")
    for version, number in (("2.2.4", 1), ("2.12.0", 0), ("3.1.0", 0)):
        model = {**functional(image(), up), "keras_version": version}
        result = open_file(io.BytesIO(text(model)))
        assert [found.layer for found in result.unmapped] == ["up"] * number
        assert all(found.kept and "bilinear" in found.reason for found in result.unmapped)


@pytest.mark.parametrize(
    ("factor", "expected"),
    [(0.2, [0.2, 0.2]), ([0.2, 0.2], [0.2, 0.2]), ([0, 0.2], 0.2), ([0.1, 0.3], [0.1, 0.3])],
)
def test_a_contrast_of_one_number_went_both_ways(factor: Any, expected: Any) -> None:
    """One number is only upwards by now; files of a Keras that does so hold two."""
    contrast = layer("RandomContrast", "contrast", "image", factor=factor)
    result = open_file(io.BytesIO(text(functional(image(), contrast))))
    assert not result.unmapped
    assert result.architecture.nodes[1].block.values()["factor"] == expected


def test_a_contrast_that_went_down_further_than_up_is_reported() -> None:
    contrast = layer("RandomContrast", "contrast", "image", factor=[0.3, 0.1])
    (found,) = open_file(io.BytesIO(text(functional(image(), contrast)))).unmapped
    assert "goes down by 0.3 and up by 0.1" in found.reason
