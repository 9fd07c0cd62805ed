"""Documents that were damaged, or made to do harm."""

import copy
import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from builder.blocks.catalogue import catalogue
from builder.custom_blocks.exposing import candidates
from builder.custom_blocks.grouping import group
from builder.files.document_file import Document, to_text
from builder.gallery import TEMPLATES
from tests.broken import BROKEN

IMAGE: dict[str, Any] = {"id": "image", "block": "Input"}
MOST = range(1999)
"""With the Input as many nodes as a document may have."""
NUMBERS = (
    0,
    -1,
    1,
    2,
    3,
    64,
    65_536,
    65_537,
    2**31,
    2**63,
    10**30,
    10**400,
    0.5,
    -0.0,
    1e308,
    1e-320,
)
STRINGS = ("", "a", "conv", "image", "Input", "Lambda", "../../etc/passwd", "\x00", "\ud800", "🦊")
ODD = (None, True, False, [], {}, [[]], {"a": 1}, float("nan"), float("inf"), *NUMBERS, *STRINGS)
FRAGMENTS = (b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\u0000", b"\xff", b"1e999", b"null", b"9")

_PAIRS = (TEMPLATES["small_residual"].architecture, ("residual_block_1", "residual_block_2"))
"""A network, and two blocks of it that an own block holds."""


def originals() -> list[str]:
    """Real documents: small templates and broken networks, with and without training settings."""
    small = [t.architecture for t in TEMPLATES.values() if len(t.architecture.nodes) < 15][:12]
    broken = [case.architecture for case in BROKEN if 0 < len(case.architecture.nodes) < 15]
    training = {"dataset": "digits", "epochs": 3, "optimizer": {"name": "adam", "rate": 0.001}}
    own = [group(_PAIRS[0], _PAIRS[1], "pair", candidates(*_PAIRS)[:2])]
    own.append(group(own[0], ["pair_1", "residual_block_3"], "outer"))
    documents = [
        Document("", architecture, training if number % 2 else None, number)
        for number, architecture in enumerate([*small, *broken, *own])
    ]
    return [to_text(document) for document in documents]


def mutations(seed: int, number: int) -> Iterator[bytes]:
    """Damaged documents, the same for the same seed."""
    source = random.Random(seed)
    known = originals()
    for _ in range(number):
        content = json.loads(source.choice(known))
        changes = (_change_value, _change_value, _change_structure, _change_graph)
        for _ in range(source.choice((0, 1, 1, 2, 5))):
            source.choice(changes)(source, content)
        text = json.dumps(content).encode()
        for _ in range(source.choice((0, 0, 0, 0, 0, 1, 3))):
            text = _change_bytes(source, text)
        yield text


def _places(content: Any) -> list[tuple[Any, Any]]:
    """Every value inside, as a container and the key or index in it."""
    found: list[tuple[Any, Any]] = []
    waiting = [content]
    while waiting:
        container = waiting.pop()
        keys = list(container) if isinstance(container, dict) else range(len(container))
        for key in keys:
            found.append((container, key))
            if isinstance(container[key], dict | list):
                waiting.append(container[key])
    return found


def _change_value(source: random.Random, content: Any) -> None:
    places = _places(content)
    if places:
        container, key = source.choice(places)
        container[key] = copy.deepcopy(source.choice(ODD))


def _change_structure(source: random.Random, content: Any) -> None:
    places = _places(content)
    if not places:
        return
    container, key = source.choice(places)
    kind = source.randrange(5)
    if kind == 0:
        del container[key]
    elif kind == 1 and isinstance(container, dict):
        container[source.choice(STRINGS)] = container.pop(key)
    elif kind == 2 and isinstance(container, list):
        container.extend(copy.deepcopy(container) * source.choice((1, 1, 50)))
    elif kind == 3:
        for _ in range(source.choice((1, 3, 200))):
            container[key] = source.choice((lambda v: [v], lambda v: {"a": v}))(container[key])
    else:
        other, name = source.choice(places)
        container[key] = copy.deepcopy(other[name])


def _change_graph(source: random.Random, content: Any) -> None:
    """Other wiring, blocks and ids, in what is still a list of nodes."""
    architecture = content.get("architecture") if isinstance(content, dict) else None
    if not isinstance(architecture, dict) or not isinstance(architecture.get("nodes"), list):
        return
    nodes = [node for node in architecture["nodes"] if isinstance(node, dict)]
    if not nodes:
        return
    node = source.choice(nodes)
    ids = [str(other.get("id")) for other in nodes]
    kind = source.randrange(7)
    if kind == 0:
        node["inputs"] = source.choices([*ids, "missing"], k=source.choice((0, 1, 1, 2, 3, 64)))
    elif kind == 1:
        node["block"], node["parameters"] = source.choice(list(catalogue())), {}
    elif kind == 2:
        node["id"] = source.choice(ids)
    elif kind == 3:
        node["repeat"] = source.choice((1, 2, 50, 200, 201))
    elif kind == 4:
        node["name"] = source.choice((*ids, "conv2d", "stem_1", "lambda", "x"))
    elif kind == 5:
        architecture["outputs"] = source.choices(ids, k=source.choice((0, 1, 2)))
    else:
        source.shuffle(nodes)
        architecture["nodes"] = nodes


def _change_bytes(source: random.Random, text: bytes) -> bytes:
    place = source.randrange(len(text) + 1)
    kind = source.randrange(4)
    if kind == 0:
        return text[:place]
    if kind == 1:
        return text[:place] + text[place + source.choice((1, 1, 10, 200)) :]
    if kind == 2:
        return text[:place] + source.choice(FRAGMENTS) * source.choice((1, 1, 500)) + text[place:]
    return text[:place] + bytes([source.randrange(256)]) + text[place + 1 :]


def _chain(block: str, **extra: Any) -> list[dict[str, Any]]:
    ids = ["image", *(f"a{k}" for k in MOST)]
    return [IMAGE] + [{"id": ids[k + 1], "block": block, "inputs": [ids[k]], **extra} for k in MOST]


def _fan(block: str, **extra: Any) -> list[dict[str, Any]]:
    return [IMAGE] + [
        {
            "id": f"a{k}",
            "block": block,
            "inputs": ["image"],
            "parameters": {"filters": k + 1, **extra},
            "repeat": 200,
        }
        for k in MOST
    ]


def _pairs() -> list[dict[str, Any]]:
    return [
        {"id": f"{a}{k}", "block": "ReLU", "inputs": [f"{b}{k}"]}
        for k in range(999)
        for a, b in (("a", "b"), ("b", "a"))
    ]


def _dense() -> list[dict[str, Any]]:
    return [
        {
            "id": f"a{k}",
            "block": "Add",
            "inputs": (["image"] + [f"a{j}" for j in range(max(0, k - 62), k)] + ["image"])[-64:],
        }
        for k in MOST
    ]


def _growing() -> list[dict[str, Any]]:
    return [
        {"id": f"a{k}", "block": "Concatenate", "inputs": [f"a{k - 1}" if k else "image"] * 64}
        for k in MOST
    ]


def _unlike() -> list[dict[str, Any]]:
    return [
        {**node, "parameters": {"filters": k, "padding": "same"}} if k else node
        for k, node in enumerate(_chain("Conv2D"))
    ]


def _parameter(block: str, **values: Any) -> list[dict[str, Any]]:
    return [{"id": "a", "block": block, "parameters": values}]


HEAVY: Mapping[str, Callable[[], str]] = {
    "many small cycles": lambda: _file([IMAGE, *_pairs()]),
    "one large cycle": lambda: _file(
        [{"id": f"a{k}", "block": "ReLU", "inputs": [f"a{(k + 1) % 1999}"]} for k in MOST]
    ),
    "a chain from the end to the start": lambda: _file(_chain("ReLU")[::-1]),
    "a star from the end to the start": lambda: _file(
        [{"id": f"a{k}", "block": "ReLU", "inputs": ["image"]} for k in MOST] + [IMAGE]
    ),
    "64 inputs everywhere": lambda: _file([IMAGE, *_dense()]),
    "64 times wider at each step": lambda: _file([IMAGE, *_growing()]),
    "growing 400,000 times": lambda: _file(_chain("ZeroPadding2D", repeat=200)),
    "many modules, many times": lambda: _file(_fan("conv_bn_relu", padding="valid")),
    "deep modules": lambda: _file(_fan("vgg_block", num_convolutions=64)),
    "names of 400,000 layers": lambda: _file(
        [IMAGE]
        + [{**node, "name": f"n{k}"} for k, node in enumerate(_chain("ReLU", repeat=200)[1:])]
    ),
    "unlike neighbors": lambda: _file(_unlike()),
    "150,000 unknown parameters": lambda: _file(
        [{**IMAGE, "parameters": {f"p{k}": 1 for k in range(150_000)}}]
    ),
    "390,000 sizes that are texts": lambda: _file(
        _parameter("Reshape", target_shape=["a"] * 390_000)
    ),
    "8,000 statistics that are texts": lambda: _file([_statistics("a", ["x"] * 4_000)]),
    "900,000 statistics": lambda: _file([_statistics(f"a{k}", [1] * 4_000) for k in range(120)]),
    "the longest names": lambda: _file([{"id": "a", "block": "B" * 1_900_000}]),
    "the longest kind": lambda: _file(
        _parameter("Dense", kernel_regularizer={"kind": "x" * 1_900_000})
    ),
    "deep lists": lambda: "[" * 1_999_999,
    "deep objects": lambda: '{"a":' * 300_000,
}
"""Valid files, or nearly so, that ask for as much work as a file can; each is made when called."""


def _statistics(node_id: str, values: list[Any]) -> dict[str, Any]:
    parameters = {"mean": values, "variance": values}
    return {"id": node_id, "block": "Normalization", "parameters": parameters}


def _file(nodes: list[dict[str, Any]]) -> str:
    top = {"format": "convstack-architecture", "version": 1, "name": "heavy", "nodes": nodes}
    return json.dumps(top, separators=(",", ":"))
