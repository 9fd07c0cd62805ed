"""Whether a training on a CPU uses TensorFlow's oneDNN kernels (docs/decisions/0006-onednn.md).

TensorFlow reads the variable once, when it is imported, so a process suits one kind of network.
"""

from collections.abc import Mapping

from builder.system.worker_process import handed_on

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"

WITHOUT_ONEDNN = f'os.environ.setdefault("{VARIABLE}", "0")'
"""A line in the script of a network that cannot be trained with these kernels."""


def environment(variables: Mapping[str, str], *, breaks_onednn: bool) -> dict[str, str]:
    """The variables of a worker; a person's own value takes precedence.

    Args:
        variables: The variables of this process, which may be a worker itself.
        breaks_onednn: Whether the network cannot be trained with these kernels.
    """
    return handed_on(variables, VARIABLE, "0" if breaks_onednn else "")
