"""Reading and storing images beside the app: with progress, and it can be cancelled."""

import contextlib
import json
import shutil
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import TypeAdapter

from builder.datasets.own_images import refusal, shelf
from builder.datasets.own_images.data_codes import DataCode
from builder.datasets.own_images.helper import PROGRESS
from builder.datasets.own_images.roles import Roles
from builder.datasets.own_images.storing import Stored
from builder.datasets.own_images.survey import Survey
from builder.datasets.own_images.target import Target
from builder.system.background import Background
from builder.system.errors import BuilderError, FormatError
from builder.system.helper_process import Ended, EndedBy, run_module
from builder.system.temporary import new_folder

SECONDS = 6 * 3600.0
"""What a large folder may take."""
MAX_BYTES = 4_000_000_000
"""Of memory."""
STALE_SECONDS = 86_400
"""After which a folder that nobody removed is taken for left behind."""

_COPY_BYTES = 1_000_000


class Brought:
    """What a person brought: a file that was uploaded, or a path on this machine.

    Use it as a context, or `close` it: what was uploaded is removed then.

    Args:
        home: The data folder.
        path: On this machine; None for an upload.
        upload: The content of an uploaded file.
        name: Of the uploaded file.
    """

    def __init__(
        self,
        home: Path,
        path: Path | None = None,
        upload: BinaryIO | None = None,
        name: str = "",
    ) -> None:
        self.home = home
        self.folder = _work_folder(home)
        self.title = Path(name).stem[: shelf.MAX_TITLE] if path is None else ""
        self.path = path.expanduser().absolute() if path is not None else self.folder / "upload"
        if upload is not None:
            self.path = self.path.with_suffix(Path(name).suffix.lower())
            try:
                with self.path.open("wb") as file:
                    shutil.copyfileobj(upload, file, _COPY_BYTES)
            except OSError:
                self.close()
                raise

    def __enter__(self) -> "Brought":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Removes what was uploaded, and the samples."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def survey(self, cancel: threading.Event | None = None, roles: Roles | None = None) -> Survey:
        """Looks at it, in a process of its own.

        Args:
            cancel: Ends the work as soon as it is set.
            roles: What the folders of a split are for, as a person said; None for nothing said.

        Raises:
            BuilderError: It is refused, or was cancelled.
        """
        return Survey.create(self._run(cancel, None, roles=roles))

    def store(
        self,
        target: Target,
        title: str = "",
        *,
        leave_out: bool = False,
        roles: Roles | None = None,
        cancel: threading.Event | None = None,
    ) -> Stored:
        """Turns it into a data set, in a process of its own.

        Args:
            target: Size and color.
            title: As the person calls it; empty takes the file's.
            leave_out: Leaves out what is no image.
            roles: What the folders of a split are for, as a person said; None for nothing said.
            cancel: Ends the work as soon as it is set.

        Raises:
            BuilderError: It is refused, or was cancelled.
        """
        answer = self._run(cancel, asdict(target), title, leave_out, roles)
        return TypeAdapter(Stored).validate_python(answer)

    def progress(self) -> tuple[int, int]:
        """How many of how many images are done; zeros where nothing is known yet."""
        try:
            done, total = json.loads((self.folder / PROGRESS).read_text())
        except (OSError, ValueError):
            return 0, 0
        return done, total

    def _run(
        self,
        cancel: threading.Event | None,
        target: dict[str, Any] | None,
        title: str = "",
        leave_out: bool = False,
        roles: Roles | None = None,
    ) -> Any:
        (self.folder / PROGRESS).unlink(missing_ok=True)
        request = {
            "path": str(self.path),
            "folder": str(self.folder),
            "home": str(self.home),
            "title": title or self.title,
            "target": target,
            "leave_out": leave_out,
            "roles": None if roles is None else dict(roles),
        }
        ended = run_module(
            "builder.datasets.own_images.helper",
            content=json.dumps(request).encode(),
            seconds=SECONDS,
            max_bytes=MAX_BYTES,
            cancel=cancel,
            lane="long",
        )
        _sweep(self.home)
        return _answer(ended)


class Work(Background[Survey | Stored]):
    """A survey, or a storing where a `target` is given, beside a page.

    Args:
        brought: What it works on.
        target: What to turn it into; None only looks at it.
        title: As the person calls it.
        leave_out: Leaves out what is no image.
        roles: What the folders of a split are for, as a person said; None for nothing said.
    """

    def __init__(
        self,
        brought: Brought,
        target: Target | None = None,
        title: str = "",
        *,
        leave_out: bool = False,
        roles: Roles | None = None,
    ) -> None:
        self.brought = brought
        self.target = target
        self.roles: Roles | None = roles
        self._asked = (title, leave_out)
        super().__init__(self._do, "reading the images")

    def _do(self, cancel: threading.Event) -> Survey | Stored:
        target, roles = self.target, self.roles
        title, leave_out = self._asked
        try:
            if target is None:
                return self.brought.survey(cancel, roles)
            return self.brought.store(
                target, title, leave_out=leave_out, roles=roles, cancel=cancel
            )
        except ValueError as error:  # the process that reads them answered something else
            raise BuilderError(f"the images cannot be read: {error}") from None


def _answer(ended: Ended) -> Any:
    if ended.by == EndedBy.CANCELLED:
        raise BuilderError(DataCode.CANCELLED)
    if ended.by == EndedBy.TIME:
        raise FormatError(DataCode.OUT_OF_TIME)
    if ended.by == EndedBy.MEMORY:
        raise FormatError(DataCode.OUT_OF_MEMORY)
    if ended.refusal:
        raise FormatError(refusal.read(ended.refusal))
    if ended.status != 0:
        lines = ended.messages.strip().splitlines() or ["it said nothing"]
        raise FormatError(DataCode.CRASHED, said=lines[-1][:200])
    return json.loads(ended.output)


def _work_folder(home: Path) -> Path:
    """Makes a folder beside the data sets, on the same disk."""
    parent = shelf.datasets_folder(home)
    parent.mkdir(parents=True, exist_ok=True)
    return new_folder(parent, "work")


def _sweep(home: Path) -> None:
    """Removes what a process that was killed has left behind."""
    for folder in shelf.datasets_folder(home).glob(".*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(folder)
