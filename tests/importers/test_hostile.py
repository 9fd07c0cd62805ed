"""Damaged and hostile model files are refused with a message, in little memory; none does more."""

import copy
import io
import json
import random
import tracemalloc
from collections import Counter
from typing import Any

import pytest

from builder.codegen.keras.script import to_script
from builder.files.architecture_file import from_json, to_json
from builder.importers.opening import open_file
from builder.network.inference import infer
from builder.system.errors import FormatError
from tests.importers.files import functional, image, layer, sequential, text
from tests.importers.hostile import HOSTILE

MAX_MEMORY = 200_000_000


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_file_is_refused(title: str) -> None:
    content, expected = HOSTILE[title]
    with pytest.raises(FormatError) as refused:
        open_file(io.BytesIO(content))
    assert expected in str(refused.value)
    assert len(str(refused.value)) < 400


LARGE = (
    *("10 billion units", "a zip bomb", "a bomb that lies", "deep lists", "8 MB of lists"),
    *("a hundred thousand layers", "9 MB of text", "a huge table of contents", "many members"),
)


@pytest.mark.slow
@pytest.mark.parametrize("title", LARGE)
def test_refusing_takes_little_memory(title: str) -> None:
    file = io.BytesIO(HOSTILE[title][0])
    tracemalloc.start()
    try:
        with pytest.raises(FormatError):
            open_file(file)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MAX_MEMORY


@pytest.mark.slow
def test_the_largest_configuration_that_is_read_takes_little_memory() -> None:
    """What passes the limits is worst when it is all small values."""
    content = b'{"class_name": [' + b"[]," * 240_000 + b"[]]}"
    file = io.BytesIO(content)
    tracemalloc.start()
    try:
        with pytest.raises(FormatError, match="expected a class_name"):
            open_file(file)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MAX_MEMORY


ODD: tuple[Any, ...] = (
    *(None, True, False, [], {}, [[]], {"a": 1}, 0, -1, 1, 3, 65_537, 10**30, 0.5, 1e308, 1e-320),
    *("", "a", "conv", "image", "InputLayer", "Functional", "../../etc", "\x00", "\ud800", "🦊"),
    *({"class_name": "function", "config": "relu"}, {"class_name": "L2", "config": {"l2": []}}),
    *("x" * 5_000, ["a", "b"], [[], []], [-0.1, 0.1], {"x" * 500: "y" * 500}),
    {"class_name": "Constant", "config": {"value": []}},
    *([["image", 0, 0]], ["image", 0, 0, {}], {"class_name": "__numpy__", "config": 3}),
)
"""Values of every type, in the place of any other one."""


def originals() -> list[dict[str, Any]]:
    inner = functional(
        image(None, None, 4, name="x"),
        layer("LayerNormalization", "n", "x", axis=[3]),
        layer("Conv2D", "c", "n", filters=4, kernel_size=[3, 3], padding="same"),
        layer("Add", "plus", "x", "c"),
        name="inner",
        inputs=("x",),
    ) | {"name": "inner", "inbound_nodes": [{"args": [_first("conv")], "kwargs": {}}]}
    return [
        functional(
            image(),
            layer("Conv2D", "conv", "image", filters=4, activation="relu", strides=[2, 1]),
            layer("BatchNormalization", "bn", "conv", axis=3, momentum=0.9),
            inner,
            layer("Concatenate", "both", "bn", "inner", axis=-1),
            layer("MaxPooling2D", "pool", "both", pool_size=[2, 2], strides=[2, 2]),
            layer("GlobalAveragePooling2D", "gap", "pool", keepdims=False),
            layer("Dense", "dense", "gap", units=3, kernel_regularizer=_l2()),
        ),
        functional(
            image(),
            _function("TrueDivide", "scaled", "image", [127.5]),
            _function("Mean", "row", "scaled", axis=[1], keepdims=True),
            _function("Multiply", "gate", "scaled", [_first("row")]),
            _function("GetItem", "some", "gate", [[_slice(), _slice(1, -1), _slice(0, 8, 2)]]),
            _function("Concatenate", "both", "some", axis=3),
            _function("Pad", "wide", "both", pad_width=[[0, 0], [1, 1], [0, 0], [0, 2]]),
            _function("Reshape", "flat", "wide", newshape=[-1, 16, 20]),
            _function("Clip", "clipped", "flat", x_min=0.0, x_max=6.0),
        ),
        functional(
            layer("InputLayer", "image", batch_input_shape=[None, 16, 16, 3]),
            _old("minus", "math.subtract", [["_CONSTANT_VALUE", -1, 1.0, {"y": ["image", 0, 0]}]]),
            _old("scaled", "math.multiply", [["minus", 0, 0, {"y": [1.0, 2.0, 3.0]}]]),
            _old("both", "concat", [[[name, 0, 0, {"axis": -1}] for name in ("minus", "scaled")]]),
            _old("mean", "math.reduce_mean", [["both", 0, 0, {"axis": [1, 2]}]]),
        ),
        sequential(
            layer("InputLayer", "image", batch_shape=[None, 8, 8, 3]),
            layer("Rescaling", "scale", scale=0.1, offset=0.0),
            layer("RandomFlip", "flip", mode="horizontal"),
            layer("Flatten", "flat"),
            layer("Dropout", "drop", rate=0.5, noise_shape=None),
            layer("Softmax", "soft", axis=-1),
        ),
    ]


def _first(name: str) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}


def _function(
    class_name: str, name: str, source: str, others: Any = (), **config: Any
) -> dict[str, Any]:
    made = layer(class_name, name, module="keras.src.ops.numpy", **config)
    first = [_first(source)] if class_name == "Concatenate" else _first(source)
    return made | {"inbound_nodes": [{"args": [first, *others], "kwargs": {}}]}


def _old(name: str, function: str, inbound: list[Any]) -> dict[str, Any]:
    made = layer("TFOpLambda", name, module="keras.src.layers.core", function=function)
    return made | {"inbound_nodes": inbound}


def _slice(start: Any = None, stop: Any = None, step: Any = None) -> dict[str, Any]:
    bounds = {"start": start, "stop": stop, "step": step}
    return {"class_name": "__slice__", "config": bounds}


def _l2() -> dict[str, Any]:
    return {"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.01}}


def _places(content: Any) -> list[tuple[Any, Any]]:
    """Every value inside, as a container and the key or index in it."""
    found: list[tuple[Any, Any]] = []
    waiting = [content]
    while waiting:
        container = waiting.pop()
        keys = list(container) if isinstance(container, dict) else range(len(container))
        found += [(container, key) for key in keys]
        waiting += [container[key] for key in keys if isinstance(container[key], dict | list)]
    return found


def _damaged(source: random.Random) -> bytes:
    content = copy.deepcopy(source.choice(originals()))
    for _ in range(source.choice((1, 1, 1, 2, 5))):
        places = _places(content)
        if not places:
            break
        container, key = source.choice(places)
        if source.randrange(4) == 0:
            del container[key]
        elif source.randrange(3) == 0:
            other, name = source.choice(places)
            container[key] = copy.deepcopy(other.get(name) if isinstance(other, dict) else name)
        else:
            container[key] = copy.deepcopy(source.choice(ODD))
    return json.dumps(content).encode()


def test_the_originals_open() -> None:
    for content in originals():
        result = open_file(io.BytesIO(text(content)), "net.json")
        assert infer(result.architecture).ok
        assert not [found for found in result.unmapped if not found.kept]


def test_wrong_types_everywhere() -> None:
    """Any value may be any other: a file opens, also broken, or is refused with a message."""
    source = random.Random(1)
    results = {_open(_damaged(source)) for _ in range(60)}
    assert results == {"refused", "opened", "opened with errors"}


@pytest.mark.slow
def test_wrong_types_very_often() -> None:
    source = random.Random(2)
    results = Counter(_open(_damaged(source)) for _ in range(1_000))
    assert {*results} == {"refused", "opened", "opened with errors"}
    assert min(results.values()) > 50, f"the damage is too much alike: {results}"


def _open(content: bytes) -> str:
    try:
        result = open_file(io.BytesIO(content), "net.json")
    except FormatError as error:
        return "refused" if 0 < len(str(error)) < 500 else "refused with a useless message"
    assert all(0 < len(str(found).encode()) < 1_200 for found in result.unmapped)
    assert from_json(to_json(result.architecture)) == result.architecture
    inference = infer(result.architecture)
    if not inference.ok:
        return "opened with errors"
    compile(to_script(result.architecture), "<exported>", "exec")
    return "opened"


@pytest.mark.parametrize(
    ("name", "content"),
    [("m.keras", text(originals()[0])), ("m.H5", b"PK\x03\x04"), ("m.h5", b""), ("m.keras", b"")],
)
def test_a_file_is_what_its_name_says(name: str, content: bytes) -> None:
    with pytest.raises(FormatError, match=r"this is not an? (zip archive|HDF5 file)"):
        open_file(io.BytesIO(content), name)
