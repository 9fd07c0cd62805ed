"""What an edit would change, beside what it does change."""

from pathlib import Path
from typing import Any

import pytest

from builder.blocks.catalogue import catalogue
from builder.documents.session import Author
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.gallery.template import block
from builder.network import edits
from builder.network.architecture import Architecture, Node
from builder.system.errors import EditError, FormatError, ParameterError
from components.board import Board

LENET = TEMPLATES["lenet5"].architecture
RESIDUAL = TEMPLATES["small_residual"].architecture


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def board_of(workspace: Workspace, architecture: Architecture) -> Board:
    return Board(workspace, workspace.create(architecture), Author())


def changed(board: Board, node: str, parameter: str, value: Any) -> list[Any]:
    """The rows that an edit has changed, as the board tells them."""
    before = board.version()
    board.workspace.edit(
        board.document,
        lambda architecture: edits.set_parameters(architecture, node, {parameter: value}),
    )
    return list(board.delta(before)["nodes"])


@pytest.mark.parametrize(
    ("node", "parameter", "value"),
    [
        ("conv2d_1", "filters", 24),
        ("conv2d_1", "kernel_size", [1, 3]),
        ("conv2d_1", "use_bias", False),
        ("conv2d_1", "strides", 2),
        ("conv2d_1", "strides", 65_536),
        ("dense_2", "units", 1),
        ("dense_1", "units", 1_000),
        ("input_1", "shape", [32, 32, 1]),
        ("conv2d_1", "padding", "valid"),
    ],
)
def test_what_was_foreseen_comes_true(
    workspace: Workspace, node: str, parameter: str, value: Any
) -> None:
    board = board_of(workspace, LENET)
    foreseen = board.foresee(node, parameter, value)
    assert foreseen["version"] == board.version()
    assert foreseen["nodes"] == changed(board, node, parameter, value)


def test_unfolded_parts_are_foreseen_too(workspace: Workspace) -> None:
    board = board_of(workspace, RESIDUAL)
    board.unfold(("residual_block_1",))
    foreseen = board.foresee("residual_block_1", "filters", 48)
    assert {part["shape"][-2:] for part in foreseen["nodes"][0]["parts"]} == {"48"}
    assert foreseen["nodes"] == changed(board, "residual_block_1", "filters", 48)


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_any_number_and_switch_of_any_block_is_foreseen(workspace: Workspace, name: str) -> None:
    added = block(name)
    board = board_of(workspace, Architecture("one", (Node("it", added),)))
    for parameter, value in added.values().items():
        next_value = not value if isinstance(value, bool) else value
        next_value = value + 1 if type(value) is int else next_value
        foreseen = board.foresee("it", parameter, next_value)
        try:
            comes = changed(board, "it", parameter, next_value)
        except ParameterError:
            comes = []  # the form refuses it
        assert foreseen["nodes"] == comes


def test_nothing_is_foreseen_where_nothing_changes(workspace: Workspace) -> None:
    board = board_of(workspace, LENET)
    for value in (6, -1, "many", None):  # as it is, or refused
        assert board.foresee("conv2d_1", "filters", value)["nodes"] == []


def test_what_cannot_be_edited_is_refused(workspace: Workspace) -> None:
    board = board_of(workspace, LENET)
    with pytest.raises(EditError, match="gone"):
        board.foresee("gone", "filters", 3)
    with pytest.raises(ParameterError, match="nothing"):
        board.foresee("conv2d_1", "nothing", 3)
    board.workspace.delete(board.document)
    with pytest.raises(FormatError):
        board.foresee("conv2d_1", "filters", 3)
