"""A disk without any room: what was saved is whole, the reason is told, and deleting helps."""

import errno
import io
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builder.actions import trash, upkeep
from builder.analysis.run_archive import write_archive
from builder.command_line import app, training
from builder.datasets.own_images.work import Brought
from builder.documents.document_store import DocumentStore
from builder.gallery import TEMPLATES
from builder.runs.notes import write_note
from builder.runs.run_folder import list_runs
from builder.scheduler.new_run import new_run
from builder.system import disk_errors
from builder.system.errors import BuilderError, DiskError, EditError, FormatError
from builder.training.settings import TrainingSettings
from tests.datasets.given import two_classes, zipped
from tests.disks import fill

LENET = TEMPLATES["lenet5"].architecture
runner = CliRunner()


@pytest.fixture
def full(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder on a full disk, with two documents and two runs; the trash holds 1 MB."""
    monkeypatch.setenv("CONVSTACK_HOME", str(small_disk))
    upkeep.prepare(small_disk)
    (small_disk / "datasets").mkdir()
    (small_disk / "queue.lock").touch()
    store = DocumentStore(small_disk)
    store.create(LENET)
    store.create(LENET)
    runs = [new_run(small_disk, LENET, TrainingSettings()) for _ in range(3)]
    (runs[0].folder / "model.keras").write_bytes(os.urandom(1_000_000))
    trash.delete(small_disk, "run", runs[0].id)
    fill(small_disk)
    return small_disk


def test_what_cannot_be_written_is_reported_and_leaves_nothing_behind(full: Path) -> None:
    store, run = DocumentStore(full), list_runs(full)[0]
    document = store.load(store.entries()[0].id)
    before = sorted(full.rglob("*"))
    for write in (
        lambda: store.save(document),
        lambda: store.create(LENET),
        lambda: new_run(full, LENET, TrainingSettings()),
        lambda: Brought(full, upload=io.BytesIO(zipped(two_classes(60))), name="x.zip"),
        lambda: write_note(run.folder, "a word" * 80),
    ):
        with pytest.raises(OSError) as caught:  # noqa: PT011  the next lines look at it
            write()
        assert caught.value.errno == errno.ENOSPC
        told = disk_errors.reason(caught.value)
        assert told.startswith("the disk is full (the trash holds 1.0 MB: empty it on the Runs")
    with pytest.raises(BuilderError, match="zip could not be written: the disk is full"):
        write_archive(run, full / "run.zip")
    (full / "run.zip").unlink()
    assert sorted(full.rglob("*")) == before
    assert store.load(document.id) == document


def test_an_export_to_a_full_disk_is_reported(
    full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ["export", "lenet5", "--to", "keras", "-o", str(full / "x.py")]
    told = runner.invoke(app, export).stderr
    assert "x.py cannot be written: the disk is full (the trash holds" in told
    monkeypatch.setenv("CONVSTACK_HOME", str(tmp_path / "elsewhere"))
    told = runner.invoke(app, export).stderr
    assert f"the disk is full (make room on the disk of {full})" in told.replace("\n", "")
    assert not (full / "x.py").exists()


def test_a_training_is_not_begun_on_a_full_disk(full: Path) -> None:
    before = sorted(full.rglob("*"))
    result = runner.invoke(app, ["train", "se_residual_digits", "--detach"])
    assert result.exit_code == 1
    assert "the run cannot be started: the disk is full (the trash holds 1.0 MB" in result.stderr
    assert sorted(full.rglob("*")) == before


def test_no_command_answers_with_a_traceback(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = list_runs(full)[0]

    def fails(*_: object, **__: object) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(training.actions, "end", fails)
    result = runner.invoke(app, ["stop", run.id])
    assert isinstance(result.exception, SystemExit)
    assert "error: the disk's quota is used up (the trash holds 1.0 MB" in result.stderr


def test_deleting_and_emptying_the_trash_need_no_room_and_make_some(full: Path) -> None:
    store, (run, _) = DocumentStore(full), list_runs(full)
    trash.delete(full, "run", run.id)
    store.delete(store.entries()[0].id)
    result = runner.invoke(app, ["trash", "--empty", "--yes"])
    assert result.exit_code == 0, result.output
    assert "Removed 3 for good; 1.0 MB are free." in result.stderr
    new_run(full, LENET, TrainingSettings())
    store.create(LENET)


def test_a_run_is_deleted_for_good_at_once(full: Path) -> None:
    (run, other) = list_runs(full)
    result = runner.invoke(app, ["delete", run.id, "--for-good", "--yes"])
    assert result.exit_code == 0, result.output
    assert list_runs(full) == [other]
    assert run.id not in {item.id for item in trash.contents(full)}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full (delete runs or images for good"),
        (errno.EDQUOT, "the disk's quota is used up (delete runs"),
        (errno.EFBIG, "a file would become larger than is allowed here (delete runs"),
        (errno.EACCES, "Permission denied"),
    ],
)
@pytest.mark.usefixtures("home")
def test_each_error_has_its_words(number: int, words: str) -> None:
    assert disk_errors.reason(OSError(number, os.strerror(number))).startswith(words)


def test_a_file_that_may_not_grow_leaves_the_old_one(home: Path) -> None:
    """The same as on a full disk, also where none can be mounted."""
    import resource
    import signal

    store = DocumentStore(home)
    document = store.create(LENET)
    path = store.folder / f"{document.id}.json"
    before, content = resource.getrlimit(resource.RLIMIT_FSIZE), path.read_bytes()
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(OSError) as caught:  # noqa: PT011  the next line looks at it
            store.save(document)
        assert disk_errors.reason(caught.value).startswith("a file would become larger")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(store.folder.iterdir()) == [path]
    assert path.read_bytes() == content


@pytest.mark.usefixtures("home")
def test_a_block_and_a_function_explain_what_the_disk_refuses() -> None:
    @disk_errors.explained("it cannot be saved", "try again", error_type=FormatError)
    def save() -> None:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    with pytest.raises(FormatError, match=r"^it cannot be saved: Permission denied; try again$"):
        save()
    with (
        pytest.raises(DiskError, match=r"^it is lost: the disk gives an error$") as caught,
        disk_errors.explained("it is lost"),
    ):
        raise OSError
    assert isinstance(caught.value.__cause__, OSError)
    with pytest.raises(EditError), disk_errors.explained("it is lost"):
        raise EditError("no such node")
