"""Opens a person's images: a zip, an `.npz`, or a folder."""

from contextlib import AbstractContextManager
from pathlib import Path

from builder.datasets.own_images.arrays import open_npz
from builder.datasets.own_images.data_codes import DataCode
from builder.datasets.own_images.files import open_folder, open_zip
from builder.datasets.own_images.roles import Roles
from builder.datasets.own_images.source import Source
from builder.system.errors import FormatError, ParameterError, shown

ENDINGS = ("zip", "npz")
"""The endings of accepted files."""


def open_source(
    path: Path, title: str = "", roles: Roles | None = None
) -> AbstractContextManager[Source]:
    """Opens images with their classes.

    Args:
        path: A zip, an `.npz`, or a folder.
        title: A name for it; empty takes the path's.
        roles: What the folders of a split are for, as a person said; empty where they are the
            classes; None tells it from the folders.

    Raises:
        ParameterError: There is nothing of this path, or roles are given where there are no
            folders.
        FormatError: It is none of these; more errors may follow when it is read.
    """
    path = path.expanduser()
    title = title or path.absolute().stem
    if path.is_dir():
        return open_folder(path, title, roles)
    if not path.is_file():
        raise ParameterError(
            f"there is no folder or file {shown(str(path))} on this machine",
            "give the path of a folder of images, a .zip or an .npz",
        )
    ending = path.suffix.lower()
    if ending == ".npz":
        if roles is not None:
            raise ParameterError(
                "split folders: received an .npz, which has no folders",
                "name its arrays x_train, x_val and x_test instead",
            )
        return open_npz(path, title)
    if ending == ".zip":
        return open_zip(path, title, roles)
    raise FormatError(DataCode.OTHER_FILE, name=path.name)
