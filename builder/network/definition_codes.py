"""Why a definition makes no own block: the codes of `own_block_checks`, with their words."""

from builder.system.sentences import SentenceCode


class DefinitionCode(SentenceCode):
    """What is wrong with an own block; `block` is its name."""

    # Its name.
    NO_IDENTIFIER = (
        "name: received {name!r}, expected letters, digits and _ (no digit first, at most {most})"
    )
    NAME_OF_BLOCK = "there is a block named {name} already", "choose another name"
    NAME_MEANS_SOMETHING = (
        "the name {name} means something in the exported code",
        "choose another name",
    )
    # What is inside.
    WRONG_INPUTS = "{block}: expected 1 to {most} inputs with names of their own"
    WRONG_NUMBER_INSIDE = "{block}: expected 1 to {most:,} blocks inside"
    INPUT_INSIDE = "{block}: an {type} cannot be inside a block"
    SAME_ID = "{block}: {node!r} is there twice"
    SECOND_NAME = "{block}: {node} has a second name, expected its id only"
    READS_BELOW = "{block}: {node} reads what does not stand in front of it"
    WRONG_NUMBER_OF_INPUTS = (
        "{block}: {node} has {received} inputs, expected {expected}",
        "connect or disconnect some first",
    )
    NOT_REPEATABLE = "{block}: {node} does not take one input, so it cannot be repeated"
    NO_SUCH_OUTPUT = "{block}: its output {output!r} is not one of its blocks"
    TOO_NESTED = "{block}: own blocks hold each other {most} levels deep at most"
    TOO_LARGE = "{block}: it would hold more than {most:,} blocks"
    WRONG_SUMMARY = "{block}: expected a summary of one line, {most} letters at most"
    # Its parameters.
    TOO_MANY_PARAMETERS = "{block}: expected at most {most} parameters"
    WRONG_PARAMETER_NAME = (
        "a parameter cannot be named {parameter!r}",
        "choose another name",
    )
    SAME_PARAMETER = "{block}: two parameters are named {parameter}"
    SETS_NOTHING = "{block}: the parameter {parameter} sets nothing"
    SETS_WHAT_IS_NOT_THERE = "{block}: {parameter} sets {inner!r} of {node!r}, which is not there"
