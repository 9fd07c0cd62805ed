"""A Ray cluster on this machine, in a process of its own: `python local_cluster.py PORT`.

The head has no CPU for anybody. A line on standard input is a command: `add` a node of one CPU,
`kill` the oldest node, `end` the cluster. Each is answered with a line.
"""

import importlib
import sys
from typing import Any

_STORE_BYTES = 80 << 20


def main(port: int) -> None:
    head = {"ray_client_server_port": port, "include_dashboard": False, "num_cpus": 0}
    cluster: Any = importlib.import_module("ray.cluster_utils").Cluster(
        initialize_head=True, head_node_args=head | {"object_store_memory": _STORE_BYTES}
    )
    nodes: list[Any] = []
    _answer("ready")
    for line in sys.stdin:
        command = line.strip()
        if command == "add":
            nodes.append(cluster.add_node(num_cpus=1, object_store_memory=_STORE_BYTES))
        elif command == "kill":
            cluster.remove_node(nodes.pop(0), allow_graceful=False)
        else:
            break
        _answer(command)
    cluster.shutdown()
    _answer("ended")


def _answer(word: str) -> None:
    sys.stdout.write(f"ANSWER {word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
