"""The errors that a person can cause, and that every part of Convstack knows how to show.

BuilderError            root: a message that may be shown as it stands
├── ParameterError      a parameter's value is refused
├── ShapeError          a block does not fit its input
├── EditError           an edit makes no sense for this architecture
├── FormatError         a file is damaged, hostile or from another version
└── DiskError           a file cannot be read or written
"""

MAX_SHOWN = 60
"""Characters of a received value that a message repeats."""


def shown(value: object) -> str:
    """Writes a received value for a message, cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, or a deep nest
        return f"a {type(value).__name__}"
    return cut(text, MAX_SHOWN)


def cut(text: str, most: int) -> str:
    """The text, with its end replaced by `…` where it is longer than that."""
    return text if len(text) <= most else text[: most - 3] + "…"


class BuilderError(Exception):
    """Root of all errors whose text is meant for a person.

    Args:
        message: What was received and what was expected.
        fix: What to do about it, as a short sentence without a full stop; may be empty.
    """

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(f"{message}; {fix}" if fix else message)
        self.message = message
        self.fix = fix


class ParameterError(BuilderError):
    """A block's parameter has a value that the block refuses."""


class ShapeError(BuilderError):
    """A block cannot be applied to the shapes that reach it.

    Attributes:
        work: What was done inside of the block before, counted in layers.
    """

    work: int = 0


class EditError(BuilderError):
    """An edit cannot be carried out on this architecture."""


class FormatError(BuilderError):
    """A file cannot be read as what it claims to be."""


class DiskError(BuilderError):
    """A file or a folder cannot be read or written: the disk is full, say, or it is not ours."""
