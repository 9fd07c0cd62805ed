"""A server in little: opens documents of a data folder, and edits them in turn.

Started by `test_two_servers.py` as `python -m … HOME NUMBER DOCUMENT…`. It begins when it is told
to on standard input, and prints a line for each edit that was acknowledged.
"""

import sys
from pathlib import Path

from builder.blocks.catalogue import block_type
from builder.documents.workspace import Workspace
from builder.network import edits
from builder.network.architecture import Architecture


def main(home: str, number: str, *documents: str) -> None:
    workspace = Workspace(Path(home))
    for document in documents:
        workspace.open(document)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for turn in range(int(number)):
        for document in documents:
            workspace.edit(document, _add)
            sys.stdout.write(f"{document}\n")
        workspace.set_training(documents[0], {"epochs": 1 + turn})


def _add(architecture: Architecture) -> Architecture:
    return edits.add(architecture, block_type("ReLU").create({}))


if __name__ == "__main__":
    main(*sys.argv[1:])
