"""Why blocks cannot be grouped, unpacked or changed: codes of `EditError`, with their words."""

from builder.system.sentences import SentenceCode


class OwnBlockCode(SentenceCode):
    """What stands in the way; `block` is the name of an own block."""

    # Which block.
    NO_SUCH_BLOCK = "this network has no block named {block!r}"
    ANOTHER_BLOCK = "this network has another block named {block!r}", "choose another name"
    OTHER_INPUTS = (
        "{block} takes {here} {here:input|inputs} here, the new one {new}",
        "give the new one another name",
    )
    # What is grouped.
    NOTHING_SELECTED = "nothing is selected", "select the blocks that belong together"
    NETWORK_HAS_CYCLE = "the network has a cycle", "remove one of its connections first"
    FEEDS_NETWORK = "{node} feeds the network, so it stays outside of a block"
    SEVERAL_OUTPUTS = (
        "a block has one output, these would have {number}: {nodes}",
        "select the blocks up to where their paths meet",
    )
    READS_NOTHING = "the selected blocks read nothing", "connect them first"
    MISSING_SOURCE = "a selected block reads {source!r}, which does not exist"
    # What is unpacked.
    NOTHING_TO_UNPACK = "{node} is a layer, so there is nothing to unpack"
    TOO_MANY_UNPACKED = "unpacked, the network would have more than {most:,} blocks"
    UNKNOWN_LAYERS = "{node} has errors, so its layers are not known", "fix it first"
    # What is edited as the inside of a block.
    BLOCK_HAS_CYCLE = "the block has a cycle", "remove one of its connections first"
    EMPTY = "the block would be empty", "add a block first"
    HOLDS_ITSELF = (
        "a block cannot hold itself, and this one holds {block}",
        "remove it, or unpack it",
    )
    SURPLUS_INPUTS = (
        "the block takes {expected} {expected:input|inputs}, here are {received}",
        "remove an Input",
    )
    MISSING_INPUTS = (
        "the block takes {expected} {expected:input|inputs}, here are {received}",
        "add an Input",
    )
    OTHER_OUTPUTS = "a block has one output, this has {received}", "drop the others"
    OUTPUT_IS_INPUT = "the output is an Input", "let the last block of the stack be the output"
    # The library, and what has gone in the meantime.
    GONE = "there is no block named {block!r} any more"
    GONE_FROM_NETWORK = (
        "this network has no {block} any more",
        "keep it in your library instead",
    )
    NOT_IN_LIBRARY = "the library has no block {block!r}"
    ANOTHER_IN_LIBRARY = (
        "the library has another block named {block!r}",
        "choose another name",
    )
    NOT_DELETED = "there is no deleted block {block!r}"
