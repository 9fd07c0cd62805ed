"""Uploaded models are read in a process of their own, which is bounded and can be cancelled."""

import io
import time
from pathlib import Path

import psutil
import pytest

from builder.files.architecture_file import to_json
from builder.importers import import_child, importing
from builder.importers.importing import ImportWork, import_file
from builder.importers.opening import open_file
from builder.system.errors import FormatError
from tests.broken import IMAGE, net
from tests.importers.files import archive, functional, image, layer, text

CASES = Path(__file__).parents[1] / "cases"
MODEL = archive(
    text(
        functional(
            image(),
            layer("Conv2D", "conv", "image", filters=4, kernel_size=[3, 3], trainable=False),
            layer("Attention", "looks", "conv"),
        )
    ),
    "model.weights.h5",
)


@pytest.mark.parametrize("name", ["m.keras", "F12_adapted.keras", "F03_chain_keras2.h5"])
def test_the_result_is_that_of_opening_the_file(name: str) -> None:
    content = MODEL if name == "m.keras" else (CASES / name).read_bytes()
    found = import_file(io.BytesIO(content), name, fold=False)
    assert found == open_file(io.BytesIO(content), name, fold=False)
    assert found.num_layers


def test_a_refusal_says_why() -> None:
    with pytest.raises(FormatError, match="cut off or damaged") as refused:
        import_file(io.BytesIO(MODEL[:-30]), "m.keras")
    assert refused.value.fix == "save the model again"


def test_own_files_are_read_without_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "run_module", None)
    network = net(IMAGE, ("flat", "Flatten"))
    assert import_file(io.BytesIO(to_json(network).encode()), "n.json").architecture == network
    with pytest.raises(FormatError, match="this is not a Convstack file"):
        import_file(io.BytesIO(b"[]"), "n.json")


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that takes for ever, in the place of the one that reads."""
    monkeypatch.setattr(import_child, "__name__", "tests.importers.endless_child")


@pytest.mark.usefixtures("endless")
def test_cancelling_ends_the_process_and_those_that_it_has_started() -> None:
    earlier = children()
    work = ImportWork(io.BytesIO(MODEL), "m.keras", fold=True)
    family = started(2, earlier)
    work.cancel()
    work.wait(20)
    assert work.state == "cancelled"
    assert not psutil.wait_procs(family, timeout=20)[1]


@pytest.mark.usefixtures("endless")
def test_what_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "SECONDS", 0.3)
    with pytest.raises(FormatError, match="more time or memory than any model needs"):
        import_file(io.BytesIO(MODEL), "m.keras")


def children() -> set[psutil.Process]:
    """All processes that this one has started, those of earlier tests too."""
    return set(psutil.Process().children(recursive=True))


def started(number: int, earlier: set[psutil.Process]) -> set[psutil.Process]:
    """The processes that this one has started since then, as soon as they are so many."""
    deadline = time.monotonic() + 60
    while len(found := children() - earlier) < number:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found
