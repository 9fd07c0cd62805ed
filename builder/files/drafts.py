"""A draft: the document in which an own block's inside is edited until it is put in place."""

from dataclasses import dataclass
from typing import Any

from builder.files.json_values import is_object, wrong_value
from builder.files.node_values import definition_to_dict, own_blocks_from
from builder.network.own_block import Definition, definitions_in
from builder.system.errors import FormatError
from builder.system.format_codes import FormatCode
from builder.system.formats import Format, declare

DRAFT = declare(Format("draft"))
"""A part of a document."""


@dataclass(frozen=True)
class Draft:
    """Says which block's inside a document is.

    Attributes:
        before: The block as it was opened.
        document: The id of the document that it stands in; empty for a block of the library.
    """

    before: Definition
    document: str = ""


def draft_to_dict(draft: Draft) -> dict[str, Any]:
    """A draft as plain values; the blocks inside the block come first."""
    blocks = (*definitions_in(draft.before.nodes), draft.before)
    written = [definition_to_dict(each) for each in blocks]
    return DRAFT.stamp({"document": draft.document, "blocks": written})


def draft_from_dict(content: Any) -> Draft:
    """Reads a draft.

    Raises:
        FormatError: It is not a draft; the message says where and why.
    """
    fields = DRAFT.current(content) if is_object(content) else {}
    document = fields.get("document")
    if not isinstance(document, str):
        raise wrong_value("draft", content, "a document's id and blocks")
    own = own_blocks_from(fields.get("blocks"))
    if not own:
        raise FormatError(FormatCode.NO_DRAFT)
    return Draft(list(own.values())[-1].definition, document)
