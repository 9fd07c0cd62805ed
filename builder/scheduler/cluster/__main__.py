"""The process here of a run that trains on a Ray cluster: `… RUN_FOLDER`."""

import logging
import os
import sys
from pathlib import Path

from builder.scheduler.cluster.host import end_like, host
from builder.scheduler.cluster.ray_cluster import RayCluster


def _main() -> int:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logging.getLogger("convstack").addHandler(handler)
    logging.getLogger("convstack").setLevel(logging.INFO)
    code = host(Path(sys.argv[1]).absolute(), RayCluster)
    sys.stdout.flush()
    sys.stderr.flush()
    return end_like(code)


if __name__ == "__main__":
    os._exit(_main())  # threads of Ray's client would hold it up where the cluster is gone
