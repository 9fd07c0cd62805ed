"""A person's own blocks: editing one wherever it stands, and renaming one of the library.

The inside of the block is edited as a draft, a document like any other (`Draft`). Saving it changes
the document with the block by a single edit, so one Undo reverts all places. Keeping, deleting and
restoring a block is one call of `Library` each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from builder.custom_blocks.changing import Change, change_blocks, rename_block
from builder.custom_blocks.codes import OwnBlockCode
from builder.custom_blocks.inside import closed, opened, usual_shapes
from builder.documents.workspace import Workspace
from builder.files.drafts import Draft
from builder.network.architecture import Architecture
from builder.network.own_block import Definition, Exposed, definitions_in
from builder.system.errors import BuilderError, EditError, FormatError

_TITLE = 80


@dataclass(frozen=True)
class Outcome:
    """What saving a draft does.

    Attributes:
        definition: The block's new content.
        change: How the document that it stands in changes; None where that is gone, or for a block
            of the library.
        is_held: Whether that document still holds the block.
        overwrites: Whether the document's block has changed since the draft was opened.
    """

    definition: Definition
    change: Change | None = None
    is_held: bool = False
    overwrites: bool = False

    @property
    def changes_network(self) -> bool:
        """Whether saving changes the document; otherwise only the library can take the block."""
        return self.change is not None and self.is_held


def open_draft(workspace: Workspace, document: str, name: str) -> str:
    """Opens a block's inside for editing, or returns to a draft that was not saved yet.

    Args:
        workspace: Where documents and blocks live.
        document: The id of the document that the block stands in.
        name: The block's name; one that the document does not hold is looked up in the library.

    Returns:
        The id of the draft's document.

    Raises:
        BuilderError: There is no such block, or the draft cannot be saved.
    """
    network = workspace.open(document).architecture
    definition = _held(network, name)
    owner = document if definition is not None else ""
    if definition is None:
        block = workspace.library.blocks().get(name)
        if block is None:
            raise EditError(OwnBlockCode.GONE, block=name)
        network, definition = Architecture(), block.definition
    lock = workspace.transaction(owner) if owner else workspace.library.lock()
    with lock:
        for draft in workspace.store.drafts(owner, name):
            return draft
        where = network.name if owner else "your library"
        title = f"{name} in {where}"[:_TITLE].strip()
        inside = opened(definition, usual_shapes(network, definition), title)
        return workspace.create(inside, draft=Draft(definition, owner))


def outcome(
    workspace: Workspace,
    draft: Draft,
    inside: Architecture,
    parameters: Sequence[Exposed],
    summary: str,
) -> Outcome:
    """Works out what saving a draft would do; changes nothing.

    Raises:
        BuilderError: The inside makes no block, or the block does not fit where it stands.
    """
    definition = closed(inside, draft.before, parameters, summary)
    try:
        network = workspace.open(draft.document).architecture if draft.document else None
    except FormatError:  # deleted in the meantime
        network = None
    if network is None:
        return Outcome(definition)
    now = _held(network, definition.name)
    is_held = now is not None
    change = change_blocks(network, _all(definition))
    return Outcome(definition, change, is_held, is_held and now != draft.before)


def save_draft(
    workspace: Workspace, draft: Draft, result: Outcome, *, keep: bool, author: str = ""
) -> None:
    """Puts an edited block into its places, and into the library.

    Args:
        workspace: Where documents and blocks live.
        draft: The edited draft.
        result: The result of `outcome` for it.
        keep: Keeps the block in the library too; this happens anyway where no document holds it.
        author: The id of the browser page.

    Raises:
        BuilderError: It does not fit there any more, or cannot be saved.
    """
    if result.changes_network:
        workspace.edit(
            draft.document, lambda network: apply(network, result.definition), author=author
        )
    if keep or not result.changes_network:
        workspace.library.save(result.definition)


def rename_kept(
    workspace: Workspace, old: str, new: str, *, document: str = "", author: str = ""
) -> None:
    """Renames a block of the library and of a document, both or neither.

    Args:
        workspace: Where documents and blocks live.
        old: The block's name.
        new: Its new name.
        document: The id of the document whose block is renamed too; empty for none.
        author: The id of the browser page.

    Raises:
        BuilderError: The name cannot be used, or it cannot be saved; nothing has changed.
    """
    workspace.library.rename(old, new)
    if not document:
        return
    try:
        workspace.edit(document, lambda network: rename_block(network, old, new), author=author)
    except BuilderError:
        workspace.library.rename(new, old)
        raise


def apply(architecture: Architecture, definition: Definition) -> Architecture:
    """The edit that puts a block's new content into its places.

    Raises:
        EditError: There is none any more, or it does not fit there.
    """
    change = change_blocks(architecture, _all(definition))
    if _held(architecture, definition.name) is None:
        raise EditError(OwnBlockCode.GONE_FROM_NETWORK, block=definition.name)
    return change.architecture


def _all(definition: Definition) -> tuple[Definition, ...]:
    """A block and those inside it, which may have changed with it."""
    return (*definitions_in(definition.nodes), definition)


def _held(architecture: Architecture, name: str) -> Definition | None:
    return next((own for own in definitions_in(architecture) if own.name == name), None)
