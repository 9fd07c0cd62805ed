"""Runs that train on a Ray cluster: a local process mirrors the run's folder.

`python -m builder.scheduler.cluster RUN_FOLDER` holds the run's lock here. Begin with `host.py`;
`remote_run.py` is the side on the cluster, `mirror.py` the one here, and `ray_cluster.py` the only
file that imports Ray. See docs/decisions/0036-other-machines.md.
"""
