"""Damaged and hostile files open, or are refused with a message; none raises anything else."""

import gc
import time
from collections import Counter

import pytest

from builder.blocks.symbolic import layer_facts, trace
from builder.codegen.keras.script import to_script
from builder.files.document_file import parse, to_text
from builder.files.json_values import MAX_BYTES
from builder.network.inference import infer
from builder.system.errors import BuilderError, FormatError
from tests.documents.hostile import HEAVY, mutations

NUMBER = 10_000
SECONDS = 1.0


def test_some_damaged_documents() -> None:
    """The quick part of the test below."""
    results = {open_file(text) for text in mutations(seed=2, number=500)}
    assert results == {"refused", "opened", "opened with errors"}


def open_file(text: str | bytes) -> str:
    """Opens a file as the app does, and gives what came of it."""
    try:
        document = parse(text)
    except FormatError as error:
        return "refused" if 0 < len(str(error)) < 1_000 else "refused with a useless message"
    inference = infer(document.architecture)
    assert all(0 < len(str(issue)) < 1_000 for issue in inference.issues)
    assert to_text(document).encode(), "it can be saved again"
    if not inference.ok:
        with pytest.raises(BuilderError, match="cannot be exported yet"):
            to_script(document.architecture)
        return "opened with errors"
    compile(to_script(document.architecture), "<exported>", "exec")
    return "opened"


@pytest.mark.slow
def test_ten_thousand_damaged_documents() -> None:
    results: Counter[str] = Counter()
    slowest = 0.0
    for text in mutations(seed=1, number=NUMBER):
        start = time.process_time()
        results[open_file(text)] += 1
        seconds = time.process_time() - start
        slowest = max(slowest, seconds if seconds < SECONDS else min(_work(text), seconds))
    assert slowest < SECONDS
    assert results.total() == NUMBER
    assert min(results.values()) > NUMBER / 100, f"the mutations are too much alike: {results}"
    assert len(results) == 3


@pytest.mark.slow
@pytest.mark.parametrize("title", HEAVY)
def test_no_file_asks_for_much_work(title: str) -> None:
    """The most work that a file can ask for to be opened, its messages included."""
    text = HEAVY[title]()
    assert len(text) <= MAX_BYTES, "it would be refused for its size alone"
    assert any(_work(text) < SECONDS for _ in range(3)), "three times; a busy machine is no fault"


def _work(text: str | bytes) -> float:
    """Seconds of the processor's time that opening a file takes; the memory is tidied before."""
    for cached in (infer, trace, layer_facts):
        cached.cache_clear()
    gc.collect()
    start = time.process_time()
    try:
        issues = infer(parse(text).architecture).issues
    except FormatError as error:
        issues = (error,)
    messages = [str(issue) for issue in issues]
    seconds = time.process_time() - start
    assert all(len(message) < 1_000 for message in messages)
    return seconds
