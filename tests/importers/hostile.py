"""Model files that were damaged, or made to do harm, each with a part of what is said of it."""

import io
import json
import stat
import zipfile
from itertools import pairwise
from typing import Any

from tests.importers.files import archive, call, functional, image, layer, sequential, text


def _conv(name: str, *inputs: str, **config: Any) -> dict[str, Any]:
    return layer("Conv2D", name, *inputs, filters=4, **config)


def _custom(module: str | None, registered: str | None) -> bytes:
    made = layer("MyLayer", "mine", "image") | {"module": module, "registered_name": registered}
    return text(functional(image(), made))


def _chain(number: int) -> bytes:
    names = ["image", *(f"r{k}" for k in range(number))]
    return text(functional(image(), *(layer("ReLU", b, a) for a, b in pairwise(names))))


def _nested(levels: int) -> dict[str, Any]:
    model = sequential(_conv("conv"))
    for level in range(levels):
        model = sequential(model, name=f"level{level}")
    return model


def _doubling(levels: int) -> bytes:
    """A model called twice by a model called twice …: a short file, and very many layers."""
    inner = functional(image(), _conv("conv", "image"), name="inner")
    for level in range(levels):
        inner |= {"name": "inner", "inbound_nodes": [call("image"), call("inner")]}
        inner = functional(image(), inner, name=f"level{level}", outputs=("inner",))
        inner["config"]["output_layers"] = [["inner", 1, 0]]
    return text(inner)


def _hollow(levels: int, calls: int) -> bytes:
    """The same of a model without a layer, which a limit of layers does not stop."""
    inner = functional(image(), name="inner", outputs=("image",))
    for level in range(levels):
        inner |= {"name": "inner", "inbound_nodes": _in_a_row("image", "inner", calls)}
        inner = functional(image(), inner, name=f"level{level}", outputs=("inner",))
        inner["config"]["output_layers"] = [["inner", calls, 0]]
    return text(inner)


def _fat(values: int, calls: int) -> bytes:
    """A model that is called often, with a layer that is given very much."""
    given = {f"k{k}": k for k in range(values)}
    relu = layer("ReLU", "relu") | {"inbound_nodes": [call("image", kwargs=given)]}
    inner = functional(image(), relu, name="inner")
    inner |= {"name": "inner", "inbound_nodes": _in_a_row("image", "inner", calls)}
    return text(functional(image(), inner, outputs=("inner",)))


def _long_names() -> bytes:
    """A model with a name of a million letters, which stands in front of those of its layers."""
    content = json.loads(_chain(1_000))
    inner = content | {"name": "x" * 1_000_000, "inbound_nodes": [call("image")]}
    return text(functional(image(), inner))


def _in_a_row(first: str, name: str, calls: int) -> list[dict[str, Any]]:
    return [call(first), *(call(f"{name}:{k}") for k in range(calls - 1))]


def _link() -> bytes:
    info = zipfile.ZipInfo("config.json")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return _zip({info: b"/etc/passwd"})


def _zip(members: dict[Any, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()


def _twice() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("config.json", SMALL)
        made.writestr("confix.json", SMALL)
    return file.getvalue().replace(b"confix.json", b"config.json")


def _claims_little() -> bytes:
    """The archive says that the member is small, and it is not."""
    made = bytearray(archive(b" " * 9_000_000))
    start = made.rindex(b"PK\x01\x02")
    made[start + 24 : start + 28] = (100).to_bytes(4, "little")
    return bytes(made)


SMALL = text(functional(image(), _conv("conv", "image")))

HOSTILE: dict[str, tuple[bytes, str]] = {
    # work
    "models without layers": (_hollow(10, 10), "take more than 200,000 steps to unfold"),
    "many calls of a fat layer": (_fat(10_000, 1_900), "take more than 200,000 steps to unfold"),
    "names of a million letters": (_long_names(), "take more than 200,000 steps to unfold"),
    # code, and what is not Keras's
    "a Lambda": (
        text(functional(image(), layer("Lambda", "f", "image", function=["4wAAAA==", None, None]))),
        "'f' is of class Lambda, which carries code",
    ),
    "a Lambda in a wrapper": (
        text(
            functional(
                image(),
                layer("TimeDistributed", "t", "image", layer=layer("Lambda", "inner")),
            )
        ),
        "'inner' is of class Lambda",
    ),
    "a lambda as activation": (
        text(functional(image(), _conv("c", "image", activation={"class_name": "__lambda__"}))),
        "code of its own",
    ),
    "a TFSMLayer": (
        text(functional(image(), layer("TFSMLayer", "t", "image", filepath="/srv/model"))),
        "loads a program from a path",
    ),
    "a registered class": (_custom("mine.layers", "mine>MyLayer"), "'MyLayer' from 'mine.layers'"),
    "a registered class of Keras's": (_custom("keras.layers", "mine>MyLayer"), "not Keras's own"),
    "a class of a module": (_custom("os", None), "'MyLayer' from 'os', which is not Keras's own"),
    "a class of the main script": (_custom(None, None), "'MyLayer', which is not Keras's own"),
    "a class of an old file": (
        text(functional(image(), layer("Custom>Mine", "mine", "image"))),
        "'Custom>Mine', which is not Keras's own",
    ),
    "a foreign initializer": (
        text(
            functional(
                image(),
                _conv("c", "image", kernel_initializer={"module": "os", "class_name": "system"}),
            )
        ),
        "one of its parts is of class 'system' from 'os'",
    ),
    "a model class of its own": (
        text({"module": "keras", "class_name": "Mine", "config": {}}),
        "expected Functional or Sequential",
    ),
    # sizes
    "10 billion units": (
        text(functional(image(), layer("Dense", "d", "image", units=10_000_000_000))),
        "'d': received units=10000000000, expected at most",
    ),
    "10 billion pixels": (
        text(functional(image(10**10, 10**10, 3), _conv("c", "image"))),
        "received shape=10000000000",
    ),
    "a number of thousands of digits": (SMALL.replace(b"4", b"9" * 5_000), "not a JSON file"),
    "thousands of layers": (_chain(2_500), "2,501 layers, expected at most 2,000"),
    "a hundred thousand layers": (_doubling(16), "more than 2,000 layers"),
    "8 MB of lists": (b'{"class_name": [' + b"[]," * 2_600_000 + b"[]]}", "500,000 values"),
    "9 MB of text": (b'{"class_name": "' + b"x" * 9_000_000 + b'"}', "8,000,000 bytes"),
    "deep lists": (b'{"class_name": ' + b"[" * 100_000, "nested more than 64 levels deep"),
    "deep objects": (b'{"class_name":' * 100_000, "nested more than 64 levels deep"),
    "deep models": (text(_nested(40)), "nested more than 64 levels deep"),
    # nonsense
    "NaN": (text(functional(image(), _conv("c", "image", x=float("nan")))), "holds NaN"),
    "infinity": (text(functional(image(), _conv("c", "image", x=float("inf")))), "holds Infinity"),
    "a cycle": (
        text(functional(image(), _conv("a", "b"), _conv("b", "a"))),
        "read each other in a circle",
    ),
    "a layer that reads itself": (text(functional(image(), _conv("a", "a"))), "in a circle"),
    "two layers of one name": (
        text(functional(image(), _conv("a", "image"), _conv("a", "image"))),
        "two layers are named 'a'",
    ),
    "a layer that is not there": (text(functional(image(), _conv("a", "b"))), "a layer 'b', which"),
    "an output that is not there": (
        text(functional(image(), _conv("a", "image"), outputs=("b",))),
        "a layer 'b', which it does not have",
    ),
    "a call that is not there": (text(functional(image(), _conv("a", "image:7"))), "not 8"),
    "a truncated configuration": (SMALL[: len(SMALL) // 2], "not a JSON file"),
    "half a character": (b'{"class_name": "\xff"}', "not a JSON file"),
    "half of an emoji": (SMALL.replace(b"conv", b"\\uD83E"), "half a character"),
    "a list": (b'[{"class_name": 1}]', "expected the class_name and config of a model"),
    # archives
    "an empty archive": (_zip({"metadata.json": b"{}"}), "holds no config.json"),
    "two configurations": (_twice(), "more than one config.json"),
    "an outside path": (archive(SMALL, "../../etc/passwd"), "leads outside"),
    "an absolute path": (archive(SMALL, "/etc/passwd"), "leads outside"),
    "a path of Windows": (archive(SMALL, "C:\\x"), "leads outside"),
    "a path with backslashes": (archive(SMALL, "..\\x"), "leads outside"),
    "a link": (_link(), "holds a link"),
    "many members": (_zip({f"m{k}": b"" for k in range(1_200)}), "1,200 members"),
    "a huge table of contents": (_zip({f"{k:060000}": b"" for k in range(20)}), "is too large"),
    "a zip bomb": (archive(b" " * 100_000_000), "would unpack to 100,000,000 bytes"),
    "a small zip bomb": (archive(b" " * 1_000_000), "200 for 1"),
    "a bomb that lies": (_claims_little(), "damaged"),
    "an archive of another compression": (
        _zip({"config.json": SMALL}, zipfile.ZIP_LZMA),
        "in a way that Keras does not use",
    ),
    "a truncated archive": (archive(SMALL)[:-30], "the archive is cut off or damaged"),
    "an archive with a wrong checksum": (
        _zip({"config.json": SMALL}, zipfile.ZIP_STORED).replace(b"Conv2D", b"Conv3D"),
        "the archive is cut off or damaged",
    ),
}
"""What the file holds, and what the message says."""
