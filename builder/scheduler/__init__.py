"""Which training runs when: the queue, starting, resuming, workers that wait.

May import `runs`, `codegen`, `checks` and what is below them. Begin with `starting.py`;
`launcher.py` starts the process of a run, `queue.py` says whose turn it is.
"""
