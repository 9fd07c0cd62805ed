"""Why an edit is refused: the codes of `EditError`, with their words."""

from builder.system.sentences import SentenceCode


class EditCode(SentenceCode):
    """What stands in the way of an edit."""

    # Nodes.
    NO_SUCH_NODE = "there is no node {node!r} in this architecture"
    NETWORK_FULL = (
        "the architecture has {most:,} nodes, the most that one can hold",
        "use repeat or modules",
    )
    TOO_MANY_BLOCKS = "with them the network would have more than {most:,} blocks"
    NAME_TAKEN = "the name {name!r} is taken", "choose another one"
    NOT_REPEATABLE = "{node} does not take exactly one input, so it cannot be repeated"
    # Connections.
    NOT_CONNECTED = "{target} does not read {source}"
    NO_SUCH_INPUT = "{node} has {number} inputs, so there is no number {place}"
    NOTHING_BETWEEN = "{target} does not read {source}, so nothing can be placed between them"
    TAKES_NO_INPUT = "{node} takes no input"
    CANNOT_READ = "{block} takes no input, so it cannot read {source}"
    CANNOT_STAND_BETWEEN = "{block} takes no input, so it cannot stand on a connection"
    ALL_INPUTS_TAKEN = "{node} has all its inputs ({most})", "disconnect one first"
    READ_ALREADY = "{node} reads {source} already"
    READS_ITSELF = "{node} cannot read itself: this would close a cycle"
    CLOSES_CYCLE = (
        "{source} already depends on {node}, so this connection would close a cycle",
        "connect from a node above",
    )
    # Places.
    BEHIND_ITSELF = "{node} cannot be moved behind itself"
    CANNOT_STAND_FIRST = "{node} needs an input, so it cannot stand first"
    CANNOT_STAND_BEHIND = "{node} takes no input, so it cannot stand behind {after}"
    MOVE_CLOSES_CYCLE = "moving {node} there would close a cycle", "choose another place"
    # The network's inputs and outputs; `side` is one of `Side`.
    NOTHING_EARLIER = "there are {number} {side}, so number {place} cannot come earlier"
    NO_SUCH_END = "there are {number} {side}, so there is no number {place}"
    NO_SUCH_KEY = "the {side} have {number} keys, so number {place} has none"
    NO_OUTPUT_LEFT = "the network needs an output", "choose another one first"
    NOT_AN_INPUT = "{node} is not an Input, so the network cannot begin with it"
    TOO_MANY_ENDS = "received {number} {side}, expected at most {most}"
    MISSING_KEYS = "received {keys} keys for {number} {side}, expected one for each"
    KEY_TAKEN = "two {side} have the key {key!r}", "choose another one"
