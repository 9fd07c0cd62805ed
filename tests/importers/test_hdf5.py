"""The configuration in an `.h5` file: read in a process of its own, or refused with a sentence."""

import io
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from builder.importers.hdf5_child import MAX_BYTES, main
from builder.importers.opening import open_file
from builder.network.inference import infer
from builder.system.errors import FormatError
from tests.app_server import ROOT
from tests.importers.files import functional, image, layer, text

pytestmark = pytest.mark.keras  # h5py comes with Keras, and each file takes a process

MODEL = functional(image(), layer("Flatten", "flat", "image"), name="small")
SIGNATURE = b"\x89HDF\r\n\x1a\n"


def made(fill: Callable[[Any], None]) -> bytes:
    h5py: Any = import_module("h5py")
    file = io.BytesIO()
    with h5py.File(file, "w") as opened:
        fill(opened)
    return file.getvalue()


def with_attribute(value: Any) -> bytes:
    return made(lambda file: file.attrs.__setitem__("model_config", value))


def _endless(file: Any) -> None:
    """A link to itself, and one to a file outside: neither is followed."""
    h5py: Any = import_module("h5py")
    file["loop"] = h5py.SoftLink("/loop")
    file["outside"] = h5py.ExternalLink("/etc/passwd", "/")
    file.attrs["keras_version"] = b"3.15.1"


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no configuration": (lambda: made(_endless), "holds no model_config"),
    "150 MB of text": (lambda: with_attribute(b"x" * 150_000_000), "far too large"),
    "9 MB of text": (lambda: with_attribute(b"x" * (MAX_BYTES + 1)), "more time or memory"),
    "many texts": (lambda: with_attribute([b"x"] * 1_000), "damaged"),
    "a number": (lambda: with_attribute(3.5), "received 3.5, expected the class_name and config"),
    "a Lambda": (
        lambda: with_attribute(text(functional(image(), layer("Lambda", "f", "image")))),
        "carries code",
    ),
    "nothing but a signature": (lambda: SIGNATURE, "damaged"),
    "rubbish": (lambda: SIGNATURE + bytes(range(256)) * 40, "damaged"),
    "half a file": (lambda: with_attribute(text(MODEL))[:700], "damaged"),
}


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_file_is_refused(title: str) -> None:
    make, expected = HOSTILE[title]
    with pytest.raises(FormatError, match=expected):
        open_file(io.BytesIO(make()), "model.h5")


@pytest.mark.parametrize("value", [text(MODEL), text(MODEL).decode()])
def test_a_model_opens_from_memory_and_from_a_path(value: Any, tmp_path: Path) -> None:
    content = with_attribute(value)
    path = tmp_path / "model.h5"
    path.write_bytes(content)
    with path.open("rb") as file:
        from_path = open_file(file, path.name)
    from_memory = open_file(io.BytesIO(content), "model.h5")
    assert from_path == from_memory
    assert infer(from_memory.architecture).output_shapes == ((768,),)


def test_the_name_of_an_upload_is_no_path(tmp_path: Path) -> None:
    """A stranger's file may be named like one of this machine; that one is not read."""
    path = tmp_path / "secret.h5"
    path.write_bytes(with_attribute(text(MODEL)))
    upload = io.BytesIO(SIGNATURE)
    upload.name = str(path)
    with pytest.raises(FormatError, match="damaged"):
        open_file(upload, upload.name)


MEASURE = """
import resource, sys
from builder.system.errors import FormatError
from builder.importers.opening import open_file
with open(sys.argv[1], "rb") as file:
    try:
        open_file(file, "model.h5")
    except FormatError:
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count in other units")
def test_refusing_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(with_attribute(b"x" * 150_000_000))
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(run.stdout) * 1024 < 200_000_000


def test_the_child_alone_says_what_is_wrong_by_its_status() -> None:
    """It bounds itself; started by hand on no file at all it ends like on a damaged one."""
    run = subprocess.run(
        [sys.executable, "-m", main.__module__, "/no/such/file"], cwd=ROOT, capture_output=True
    )
    assert run.returncode == 12
    assert run.stdout == b""
