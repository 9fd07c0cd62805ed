"""Why a file, or a part of one, cannot be read: the codes of `FormatError`, with their words.

`where` is the place in the file, such as `node 3: inputs`.
"""

from builder.system.sentences import SentenceCode


class FormatCode(SentenceCode):
    """What is wrong with a file."""

    # The file as a whole.
    TOO_LARGE = (
        "received a file of {received:,} bytes, expected at most {most:,}",
        "choose another file",
    )
    NO_TEXT = "this is not a JSON file: it is not text"
    NO_JSON = "this is not a JSON file: {reason}"
    TOO_NESTED = "this JSON file is nested too deeply"
    OTHER_FILE = "this is not {file}", 'expected "format": {markers} at the top'
    # Its version.
    WRONG_VERSION = "{format}: received version {received!r}, expected {versions}"
    NEWER_VERSION = (
        "{format}: received version {received!r}, expected {versions}",
        "update Convstack, or open it with the version that wrote it",
    )
    OTHER_CONTENT = "{format}: expected what version {version} of it holds ({error!r})"
    # A value in it.
    WRONG_VALUE = "{where}: received {received!r}, expected {expected}"
    TOO_MANY_ENTRIES = "{where}: received {received:,} entries, expected at most {most:,}"
    UNKNOWN_FIELD = "{where}: {field!r} is not known here"
    HALF_CHARACTER = "{where}: received half a character, expected texts"
    WRONG_KEY = "{where}: received the key {key!r}, expected 1 to {most} printable characters"
    # Nodes and own blocks.
    SAME_ID = "two nodes have the same id", "give each node an id of its own"
    NO_INPUT = "{where} names {node!r}, which is not an Input"
    NO_NODE = "{where} names {node!r}, which is not a node"
    IN_NODE = "{node}: {inner.message}", "{inner.fix}"
    SAME_BLOCK = "two blocks are named {block}"
    DIFFERENT_BLOCKS = (
        "two different blocks are named {block}",
        "give one of them another name first",
    )
    TOO_MANY_OWN_BLOCKS = (
        "there would be {number} blocks of your own in it, expected at most {most}"
    )
    NO_BLOCK = "the file holds no block"
    OTHER_NAME = "the file holds the block {block!r}", "rename it"
    NO_DRAFT = "draft: received no block, expected the one that is edited"
    # Copied blocks.
    NOTHING_COPIED = "it holds no blocks", "copy some blocks first"
    CANNOT_PASTE = "this cannot be pasted: {inner.message}", "{inner.fix}"
