"""Files as Keras writes them, made without Keras."""

import io
import json
import zipfile
from typing import Any


def layer(
    class_name: str, name: str, *inputs: str, module: str = "keras.layers", **config: Any
) -> dict[str, Any]:
    """A layer as Keras 3 describes it, called once, on the outputs of other layers."""
    calls = [call(*inputs)] if inputs else []
    return {
        "module": module,
        "class_name": class_name,
        "config": {"name": name, **config},
        "registered_name": None,
        "name": name,
        "inbound_nodes": calls,
    }


def call(*inputs: str, kwargs: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a layer is called with: `"conv"`, or `"conv:1"` for its second call."""
    tensors = [tensor(name) for name in inputs]
    return {"args": tensors if len(tensors) == 1 else [tensors], "kwargs": kwargs or {}}


def tensor(name: str, output: int = 0) -> dict[str, Any]:
    name, _, node = name.partition(":")
    history = [name, int(node or 0), output]
    return {"class_name": "__keras_tensor__", "config": {"keras_history": history}}


def image(*shape: int | None, name: str = "image") -> dict[str, Any]:
    return layer("InputLayer", name, batch_shape=[None, *(shape or (16, 16, 3))])


def functional(
    *layers: dict[str, Any],
    name: str = "net",
    inputs: tuple[str, ...] = ("image",),
    outputs: tuple[str, ...] = (),
) -> dict[str, Any]:
    """A functional model; its output is the last layer's, if nothing else is said.

    As Keras does, it counts an inner functional model's calls from 1 among its outputs.
    """
    ends = outputs or (layers[-1]["name"],)
    first = {inner["name"]: int(inner["class_name"] == "Functional") for inner in layers}
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": name,
            "layers": list(layers),
            "input_layers": [[end, 0, 0] for end in inputs],
            "output_layers": [[end, first.get(end, 0), 0] for end in ends],
        },
        "registered_name": "Functional",
    }


def sequential(*layers: dict[str, Any], name: str = "net", **config: Any) -> dict[str, Any]:
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": name, "layers": list(layers), **config},
        "registered_name": None,
    }


def text(content: Any) -> bytes:
    return json.dumps(content).encode()


def archive(content: bytes, *others: str, **members: bytes) -> bytes:
    """A `.keras` file, with empty members of other names, and members with content."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("config.json", content)
        for other in others:
            made.writestr(other, b"")
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()
