"""What a network is exported to: one table, which the page and the command line both offer.

A new format is one entry; the page's row with its button and `--to` with its help follow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import partial
from pathlib import Path
from threading import Event
from types import MappingProxyType

from builder.analysis.fresh_model import save_fresh_model
from builder.codegen.diagram import images
from builder.codegen.diagram.dot import to_dot
from builder.codegen.keras.notebook import to_notebook
from builder.codegen.keras.script import to_model_code, to_script
from builder.files.architecture_file import to_json
from builder.network.architecture import Architecture
from builder.network.inference import Inference, infer
from builder.network.issues import Issue
from builder.system.atomic import write_atomically
from builder.training.settings import TrainingSettings


@dataclass(frozen=True, slots=True)
class Subject:
    """What is exported.

    Attributes:
        architecture: The network.
        settings: How it is trained, for script, notebook and seed; None for random images.
        opened: The keys of the blocks whose layers the diagram shows.
    """

    architecture: Architecture
    settings: TrainingSettings | None = None
    opened: frozenset[str] = frozenset()

    def dot(self) -> str:
        """The diagram, in the colors for white paper."""
        return to_dot(infer(self.architecture), opened=self.opened)


class Shows(StrEnum):
    """What of a network a format shows."""

    NETWORK = auto()
    DIAGRAM = auto()


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format.

    Attributes:
        name: Of the option `--to`.
        title: What it is.
        about: What it is good for, in a few words.
        ending: Of the file.
        media_type: Its MIME type.
        shows: What it shows.
        text: Gives the content of what is made in a moment.
        write: Writes the file of what takes seconds; gives up when the event is set.
        doing: What is going on meanwhile.
        suffix: What a file's name has in front of the ending, beside that of another format.
        needs_sound: Whether it is made of a network without errors only.
    """

    name: str
    title: str
    about: str
    ending: str
    media_type: str
    shows: Shows = Shows.NETWORK
    text: Callable[[Subject], str] | None = None
    write: Callable[[Subject, Path, Event | None], None] | None = None
    doing: str = ""
    suffix: str = ""
    needs_sound: bool = True

    def file_name(self, stem: str) -> str:
        """The name of a file of this format."""
        return f"{stem}{self.suffix}.{self.ending}"

    def obstacle(self, inference: Inference) -> Issue | None:
        """What keeps it from being made of a network; None where nothing does."""
        return inference.errors[0] if self.needs_sound and inference.errors else None

    def save(self, subject: Subject, path: Path, cancel: Event | None = None) -> None:
        """Writes the file, as a whole or not at all.

        Args:
            subject: What is exported.
            path: The file.
            cancel: Ends the work as soon as it is set.

        Raises:
            BuilderError: The network has errors, it is too large, or it was cancelled.
            OSError: The file cannot be written.
        """
        if self.write is not None:
            self.write(subject, path, cancel)
        elif self.text is not None:
            write_atomically(path, self.text(subject))


def _draw(picture: str, subject: Subject, path: Path, cancel: Event | None) -> None:
    write_atomically(path, images.draw(subject.dot(), picture, cancel=cancel))


def _save_model(subject: Subject, path: Path, cancel: Event | None) -> None:
    save_fresh_model(subject.architecture, path, subject.settings, cancel=cancel)


def _picture(ending: str, about: str, media_type: str) -> ExportFormat:
    return ExportFormat(
        ending,
        ending.upper(),
        about,
        ending,
        media_type,
        shows=Shows.DIAGRAM,
        write=partial(_draw, ending),
        doing="Drawing",
        needs_sound=False,
    )


_ALL = (
    ExportFormat(
        "keras",
        "Script",
        "Keras 3, with data and training; runs on its own",
        "py",
        "text/x-python",
        text=lambda subject: to_script(subject.architecture, subject.settings),
    ),
    ExportFormat(
        "model-code",
        "Model only",
        "Keras 3; the network's functions and build_model(), to import",
        "py",
        "text/x-python",
        text=lambda subject: to_model_code(subject.architecture),
        suffix="_model",
    ),
    ExportFormat(
        "notebook",
        "Notebook",
        "The script in cells, for Jupyter",
        "ipynb",
        "application/x-ipynb+json",
        text=lambda subject: to_notebook(subject.architecture, subject.settings),
    ),
    ExportFormat(
        "model",
        "Model",
        "Built by Keras, with fresh weights, for keras.models.load_model",
        "keras",
        "application/octet-stream",
        write=_save_model,
        doing="Building",
    ),
    ExportFormat(
        "json",
        "Architecture",
        "To open again in Convstack",
        "json",
        "application/json",
        text=lambda subject: to_json(subject.architecture),
        needs_sound=False,
    ),
    _picture("svg", "Lines and text, for web pages and for editing", "image/svg+xml"),
    _picture("png", "Pixels on white, twice as fine as the screen", "image/png"),
    _picture("pdf", "Lines and text, for papers", "application/pdf"),
    ExportFormat(
        "dot",
        "DOT",
        "Graphviz's language, to lay it out elsewhere",
        "dot",
        "text/vnd.graphviz",
        shows=Shows.DIAGRAM,
        text=Subject.dot,
        needs_sound=False,
    ),
)

FORMATS: Mapping[str, ExportFormat] = MappingProxyType({one.name: one for one in _ALL})
"""All formats by their names, in the order in which they are offered."""
