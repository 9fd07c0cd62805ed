"""Whether a training on a CPU uses TensorFlow's oneDNN kernels (docs/decisions/0006-onednn.md).

TensorFlow reads the variable once, when it is imported; so a process is for one kind of network.
"""

from collections.abc import Mapping

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
_GIVEN = "CONVSTACK_TF_ENABLE_ONEDNN_OPTS"
"""Keeps the person's own value for the runs that a worker starts, whose environment it hands on."""

WITHOUT_ONEDNN = f'os.environ.setdefault("{VARIABLE}", "0")'
"""What the script of a network holds that cannot be trained with these kernels."""


def environment(variables: Mapping[str, str], *, breaks_onednn: bool) -> dict[str, str]:
    """The variables of a worker; what the person has set goes first.

    Args:
        variables: Of this process, which may be a worker itself.
        breaks_onednn: Whether the network cannot be trained with these kernels.
    """
    own = dict(variables)
    given = own.pop(_GIVEN, own.get(VARIABLE, ""))
    own.pop(VARIABLE, None)
    value = given or ("0" if breaks_onednn else "")
    return own | {_GIVEN: given} | ({VARIABLE: value} if value else {})
