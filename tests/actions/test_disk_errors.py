"""What a person does on a disk that cannot be written is refused with a sentence."""

import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import pytest

import builder.actions
from builder.actions import own_blocks, studies, training, trash, upkeep
from builder.documents.workspace import Workspace
from builder.files.drafts import Draft
from builder.gallery import TEMPLATES
from builder.network import edits
from builder.network.architecture import Architecture
from builder.network.own_block import OwnBlock
from builder.runs.json_files import write_json
from builder.runs.run_folder import Run, find
from builder.runs.run_state import STATE, RunState
from builder.runs.status import RunStatus
from builder.scheduler import launcher, queue
from builder.scheduler.new_run import new_run
from builder.studies import study_folder
from builder.studies.study import Question, Study
from builder.system.devices import Device
from builder.system.errors import BuilderError, DiskError
from builder.training.settings import TrainingSettings
from builder.transforms.ablation.kinds import PartKind
from tests.custom_blocks.test_grouping import grouped
from tests.disks import fill

CPU = (Device("auto", "Automatic"), Device("cpu", "CPU", 64_000_000_000))
SMALL = TEMPLATES["se_residual_digits"].architecture


@dataclass(frozen=True)
class Scene:
    """What a person has: two documents, a draft, a library, runs, a trash."""

    home: Path
    workspace: Workspace
    document: str
    copy: str
    block: OwnBlock
    draft: Draft
    inside: Architecture
    stopped: Run
    waiting: Run
    gone: str
    study: Study


def planned() -> Study:
    factors = studies.ablation(SMALL, [PartKind.DROPOUT])
    return studies.plan(SMALL, TrainingSettings(), factors, [0], question=Question.ABLATION)


def made(home: Path) -> Scene:
    workspace = Workspace(home)
    block = next(node.block for node in grouped() if isinstance(node.block, OwnBlock))
    document = workspace.create(grouped())
    workspace.library.save(block.definition)
    draft = workspace.open(own_blocks.open_draft(workspace, document, "pair"))
    assert draft.document.draft is not None
    stopped, waiting = (new_run(home, SMALL, TrainingSettings()) for _ in range(2))
    write_json(stopped.folder / STATE, RunState(RunStatus.STOPPED).values())
    with queue.locked(home):
        queue.join(home, waiting)
    gone = workspace.create(grouped())
    workspace.delete(gone)
    return Scene(
        home,
        workspace,
        document,
        workspace.duplicate(document),
        block,
        draft.document.draft,
        draft.architecture,
        find(home, stopped.id),
        find(home, waiting.id),
        gone,
        study_folder.create(home, planned()),
    )


def changed_draft(scene: Scene) -> own_blocks.Outcome:
    inside = edits.repeat(scene.inside, scene.inside.nodes[1].id, 2)
    return own_blocks.outcome(scene.workspace, scene.draft, inside, (), "another")


def flight(scene: Scene) -> training.Preflight:
    return training.preflight(scene.home, SMALL, TrainingSettings(), CPU, [], None)


def save_draft(scene: Scene, *, keep: bool = False) -> None:
    own_blocks.save_draft(scene.workspace, scene.draft, changed_draft(scene), keep=keep)


ACTIONS: dict[str, Callable[[Scene], object]] = {
    "own_blocks.open_draft": lambda s: own_blocks.open_draft(s.workspace, s.copy, "pair"),
    "own_blocks.save_draft": save_draft,
    "own_blocks.rename_kept": lambda s: own_blocks.rename_kept(
        s.workspace, "pair", "two", document=s.document
    ),
    "training.start": lambda s: training.start(s.home, flight(s)),
    "training.resume": lambda s: training.resume(s.home, s.stopped, CPU, force=True),
    "training.end": lambda s: training.end(s.home, s.waiting),
    "studies.start": lambda s: studies.start(s.home, planned()),
    "studies.end": lambda s: studies.end(s.study),
    "studies.go_on": lambda s: studies.go_on(s.study, more_seeds=1),
    "trash.delete": lambda s: trash.delete(s.home, "run", s.stopped.id),
    "trash.restore": lambda s: trash.restore(s.home, "document", s.gone),
    "workspace.create": lambda s: s.workspace.create(SMALL),
    "workspace.edit": lambda s: s.workspace.edit(
        s.document, lambda a: edits.rename_architecture(a, "another")
    ),
    "workspace.set_training": lambda s: s.workspace.set_training(s.document, {"epochs": 2}),
    "workspace.set_request": lambda s: s.workspace.set_request(
        s.document, "ablation", {"seeds": 3}
    ),
    "workspace.duplicate": lambda s: s.workspace.duplicate(s.document),
    "workspace.delete": lambda s: s.workspace.delete(s.document),
    "workspace.restore": lambda s: s.workspace.restore(s.gone),
    "library.save": lambda s: s.workspace.library.save(
        replace(s.block.definition, summary="another")
    ),
    "library.rename": lambda s: s.workspace.library.rename("pair", "two"),
    "library.delete": lambda s: s.workspace.library.delete("pair"),
}
"""What writes, by the name of its module and its own."""

NEEDS_NO_ROOM = {
    "trash.delete",
    "trash.restore",
    "workspace.delete",
    "workspace.restore",
    "library.delete",
}
"""What a full disk does not keep from being done: it is how a person makes room."""

WRITES_NOTHING = {
    "own_blocks.outcome",
    "own_blocks.apply",
    "run_trash.deleted_runs",
    "studies.ablation",
    "studies.degradation",
    "studies.scaling_grid",
    "studies.usual_parts",
    "studies.plan",
    "studies.seconds_of",
    "study_memory.largest",
    "study_memory.memory_of",
    "study_request.changed_values",
    "study_request.first_request",
    "study_request.kept_request",
    "study_request.plan",
    "training.preflight",
    "training.make_ready",
    "trash.contents",
    "trash.kept_days",
    "trash.older_than",
}
TELLS = {"studies.revive", "trash.remove", "trash.remove_expired"} | {
    f"upkeep.{name}" for name in ("prepare", "sweep_all", "empty_trash")
}
"""What does as much as it can, and says what it could not do."""


PARTS = {"run_trash.delete_run", "run_trash.delete_study", "run_trash.restore_study"}
"""What actions are made of: they raise what the disk says, and the actions explain it."""


def files(home: Path) -> dict[str, bytes]:
    kept = (path for path in home.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path): path.read_bytes() for path in kept if path.name != "filler"}


@pytest.fixture
def scene(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setenv("CONVSTACK_HOME", str(small_disk))
    monkeypatch.setattr(launcher, "start", lambda *_: pytest.fail("a worker would have started"))
    upkeep.prepare(small_disk)
    return made(small_disk)


def public_functions() -> set[str]:
    found: set[str] = set()
    for module in pkgutil.iter_modules(builder.actions.__path__):
        loaded = import_module(f"builder.actions.{module.name}")
        found |= {
            f"{module.name}.{name}"
            for name, value in vars(loaded).items()
            if inspect.isfunction(value)
            and inspect.unwrap(value).__module__ == loaded.__name__
            and not name.startswith("_")
        }
    return found


def test_every_action_is_looked_at_here() -> None:
    known = {name for name in ACTIONS if not name.startswith(("workspace.", "library."))}
    assert public_functions() == known | WRITES_NOTHING | TELLS | PARTS


@pytest.mark.parametrize("name", ACTIONS)
def test_a_full_disk_is_reported_and_nothing_has_changed(name: str, scene: Scene) -> None:
    fill(scene.home)
    before = files(scene.home)
    if name in NEEDS_NO_ROOM:
        ACTIONS[name](scene)
        assert files(scene.home) != before
        return
    with pytest.raises(DiskError, match="the disk is full"):
        ACTIONS[name](scene)
    assert files(scene.home) == before


@pytest.mark.parametrize("name", ACTIONS)
def test_a_disk_without_the_right_to_write_is_reported(
    name: str, scene: Scene, read_only: Callable[[], None]
) -> None:
    read_only()
    before = files(scene.home)
    with pytest.raises(BuilderError, match="Read-only file system"):
        ACTIONS[name](scene)
    assert files(scene.home) == before


def test_what_cannot_be_removed_for_good_is_reported(
    scene: Scene, read_only: Callable[[], None]
) -> None:
    read_only()
    items = trash.contents(scene.home)
    removed = trash.remove(scene.home, items)
    assert removed.count == 0
    assert items
    assert {why for _, why in removed.kept} == {"it cannot be removed: Read-only file system"}
