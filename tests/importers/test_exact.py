"""Ends, structures and calls of shared models: what is imported computes what Keras computes.

Every model here subtracts, so that two tensors that change places change the outputs.
"""

import io
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.importers.archive import read_archive
from builder.importers.hdf5 import read_hdf5
from builder.importers.opening import open_file
from builder.importers.sameness import is_same_network
from builder.network.inference import infer

CASES = Path(__file__).parents[1] / "cases"
NUM_DRAWN = 40

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # saving
]


@pytest.fixture(autouse=True)
def oracle() -> Iterator[Any]:
    from tests.differential import oracle

    oracle.keras.backend.clear_session(free_memory=False)
    yield oracle
    oracle.keras.backend.clear_session(free_memory=False)


def check(model: Any, tmp_path: Path) -> Any:
    """Compares the model in all the forms in which Keras saves it."""
    from tests.importers.same_outputs import assert_exact

    text = model.to_json().encode()
    flat = assert_exact(model, text)
    configuration = json.dumps(json.loads(text)["config"]).encode()  # get_config() alone
    for content in (configuration, json.dumps(text.decode()).encode()):
        assert_exact(model, content, shown=flat)
    for ending, read in ((".keras", read_archive), (".h5", read_hdf5)):
        path = tmp_path / f"model{ending}"
        model.save(path)
        with path.open("rb") as file:
            assert_exact(model, read(file).text, shown=flat)
    return flat


def image(name: str | None = None) -> Any:
    import keras

    return keras.Input((4, 4, 3), name=name)


def conv() -> Any:
    import keras

    return keras.layers.Conv2D(3, 1)


def minus(first: Any, second: Any) -> Any:
    import keras

    return keras.layers.Subtract()([first, second])


def model(inputs: Any, outputs: Any, **options: Any) -> Any:
    import keras

    return keras.Model(inputs, outputs, **options)


def encoder() -> Any:
    inputs = image()
    return model(inputs, conv()(inputs), name="encoder")


def two_ends() -> Any:
    """A model whose outputs are its convolved and its plain input."""
    inputs = image()
    return model(inputs, [conv()(inputs), inputs], name="two_ends")


def by_name() -> Any:
    p, q = image("p"), image("q")
    return model({"q": q, "p": p}, {"s": minus(conv()(p), q), "d": conv()(q)}, name="by_name")


def inputs_in_another_order() -> Any:
    a, b = image("a"), image("b")
    return model([b, a], minus(conv()(a), b))


def inputs_and_outputs_by_name() -> Any:
    a, b = image("left"), image("right")
    x = minus(conv()(a), conv()(b))
    return model({"right": b, "left": a}, {"klass": conv()(x), "box": x})


def one_output_by_name() -> Any:
    a = image()
    return model(a, {"klass": conv()(a)})


def outputs_in_another_order_one_twice() -> Any:
    a = image()
    x, y = conv()(a), conv()(a)
    return model(a, [y, x, y, a])


def tuples() -> Any:
    a, b = image(), image()
    return model((b, a), (a, minus(conv()(a), b)))


def an_input_that_nothing_reads() -> Any:
    a, b, c = image("a"), image("b"), image("c")
    return model([c, a, b], minus(conv()(c), b))


def an_input_that_is_an_output() -> Any:
    a, b = image("a"), image("b")
    return model([b, a], [a, conv()(b)])


def called_three_times_in_another_order() -> Any:
    a, b, c = image("anchor"), image("positive"), image("negative")
    shared = encoder()
    x, y, z = shared(a), shared(b), shared(c)
    return model([a, b, c], [z, x, minus(y, x)])


def calls_of_calls() -> Any:
    a = image()
    shared = encoder()
    x = shared(shared(shared(a)))
    return model(a, [x, minus(shared(a), x)])


def a_call_that_is_not_part_of_the_model() -> Any:
    a = image()
    shared = encoder()
    shared(image())
    x = shared(a)
    shared(x)
    return model(a, minus(shared(x), x))


def a_sequential_called_twice() -> Any:
    import keras

    a = image()
    shared = keras.Sequential([conv(), conv()])
    x = shared(a)
    return model(a, [minus(shared(x), x), x])


def a_built_sequential_called_twice() -> Any:
    import keras

    a, b = image(), image()
    shared = keras.Sequential([image(), conv(), encoder()])
    return model([b, a], minus(shared(a), shared(b)))


def a_layer_called_three_times() -> Any:
    a = image()
    shared = conv()
    x = shared(shared(a))
    return model(a, [shared(x), x, minus(x, a)])


def the_second_output_of_each_call() -> Any:
    a = image()
    shared = two_ends()
    x, y = shared(a)
    z, u = shared(minus(x, y))
    return model(a, [u, y, z])


def called_with_a_dictionary() -> Any:
    a, b = image(), image()
    shared = by_name()
    x = shared({"p": a, "q": conv()(b)})
    y = shared({"q": x["s"], "p": x["d"]})
    return model([b, a], {"z": y["s"], "a": y["d"], "m": x["d"]})


def a_list_for_a_dictionary() -> Any:
    p, q = image("p"), image("q")
    inner = model({"p": p, "q": q}, minus(conv()(p), q))
    a, b = image(), image()
    return model([a, b], inner([conv()(b), a]))


def a_dictionary_for_a_list() -> Any:
    p, q = image("p"), image("q")
    inner = model([q, p], minus(conv()(p), q))
    a, b = image(), image()
    return model([a, b], inner({"p": conv()(b), "q": a}))


def nested_structures_inside() -> Any:
    p, q, r = image("p"), image("q"), image("r")
    inner = model({"x": [q, p], "a": r}, [{"b": minus(p, q), "a": conv()(r)}, q])
    a, b = image(), image()
    outputs = inner({"x": [a, conv()(a)], "a": b})
    return model([b, a], [outputs[0]["b"], outputs[1], outputs[0]["a"]])


def deep_models() -> Any:
    inner = two_ends()
    a = image()
    x, y = inner(a)
    middle = model(a, {"x": minus(x, y), "y": inner(x)[0]}, name="middle")
    b = image()
    first = middle(b)
    second = middle(first["y"])
    return model(b, [second["x"], first["x"], inner(second["y"])[1]])


def by_argument_name() -> Any:
    import keras

    a, b = image(), image()
    x = keras.layers.Subtract()(inputs=[conv()(b), a])
    return model([a, b], encoder()(inputs=x))


def a_model_of_inner_tensors() -> Any:
    import keras

    base = encoder()
    a = image()
    x = conv()(a)
    part = keras.Model(x, minus(base(x), x))
    return model(a, minus(part(conv()(a)), base(a)))


def a_sequential_of_models() -> Any:
    import keras

    return keras.Sequential([encoder(), keras.Sequential([image(), conv()]), conv()])


MADE: dict[str, Callable[[], Any]] = {
    made.__name__: made
    for made in (
        inputs_in_another_order,
        inputs_and_outputs_by_name,
        one_output_by_name,
        outputs_in_another_order_one_twice,
        tuples,
        an_input_that_nothing_reads,
        an_input_that_is_an_output,
        called_three_times_in_another_order,
        calls_of_calls,
        a_call_that_is_not_part_of_the_model,
        a_sequential_called_twice,
        a_built_sequential_called_twice,
        a_layer_called_three_times,
        the_second_output_of_each_call,
        called_with_a_dictionary,
        a_list_for_a_dictionary,
        a_dictionary_for_a_list,
        nested_structures_inside,
        deep_models,
        by_argument_name,
        a_model_of_inner_tensors,
        a_sequential_of_models,
    )
}


@pytest.mark.parametrize("name", MADE)
def test_a_model_computes_the_same(name: str, tmp_path: Path) -> None:
    check(MADE[name](), tmp_path)


@pytest.mark.parametrize("path", sorted((CASES / "calls_keras2").iterdir()), ids=lambda p: p.stem)
def test_a_file_of_keras_2_is_the_same_network(path: Path) -> None:
    """The same functions as above, saved by tf_keras 2.21, which counts calls in another way."""
    content = MADE[path.stem]().to_json().encode()
    expected = open_file(io.BytesIO(content)).architecture
    with path.open("rb") as file:
        found = open_file(file).architecture
    assert is_same_network(found, expected)
    assert infer(found).input_shapes == infer(expected).input_shapes


@pytest.mark.parametrize(
    "name",
    [
        "F01_input_order.json",
        "F02_nested_dict.json",
        "F03_triplet_keras3.json",
        "F15_dict_outputs.json",
        "F17_mask.json",
        "calls_same_output_twice.json",
    ],
)
def test_a_case_computes_the_same(name: str, oracle: Any) -> None:
    from tests.importers.same_outputs import assert_exact

    content = (CASES / name).read_bytes()
    assert_exact(oracle.keras.models.model_from_json(content.decode()), content)


class _Drawn:
    """Draws a model whose tensors all have one shape, with models inside that are called again."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def draw(self, depth: int = 2) -> Any:
        inner: list[Any] = [
            self.draw(depth - 1) for _ in range(depth and self.random.randint(1, 2))
        ]
        inner += [conv() for _ in range(self.random.randint(1, 2))]
        inputs = [image() for _ in range(self.random.randint(1, 3))]
        tensors = list(inputs)
        for _ in range(self.random.randint(2, 4)):
            tensors += self._call(self.random.choice(inner), tensors)
        first, last = self.random.choice(tensors), tensors[-1]
        outputs = [minus(last, first), *self.random.choices(tensors, k=self.random.randint(0, 2))]
        self.random.shuffle(inputs)
        self.random.shuffle(outputs)
        ends = {tensor.name: tensor for tensor in inputs}
        drawn = self._structure(outputs, depth < 2)
        return model(ends if self.random.random() < 0.3 else inputs, drawn)

    def _call(self, called: Any, tensors: list[Any]) -> list[Any]:
        import keras

        if isinstance(called, keras.layers.Conv2D):
            given = [minus(*self.random.choices(tensors, k=2)), self.random.choice(tensors)]
            return [called(self.random.choice(given))]
        values = keras.tree.map_structure(lambda _: self.random.choice(tensors), called.input)
        return keras.tree.flatten(called(values))

    def _structure(self, tensors: list[Any], deep: bool) -> Any:
        kind = self.random.choice(["list", "by name", "deep" if deep else "list"])
        if kind == "list" or len(tensors) == 1:
            return tensors
        if kind == "by name":
            return {f"{self.random.random()}": tensor for tensor in tensors}
        return {"z": tensors[:-1], "a": [tensors[-1]]}


@pytest.mark.parametrize("seed", range(NUM_DRAWN))
def test_a_drawn_model_computes_the_same(seed: int) -> None:
    from tests.importers.same_outputs import assert_exact

    drawn = _Drawn(seed).draw()
    assert_exact(drawn, drawn.to_json().encode())
