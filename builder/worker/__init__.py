"""The process that trains one run: `python -m builder.worker RUN_FOLDER`.

The only place that imports Keras. It is started, never imported. Begin with `main.py`, the process,
and `session.py`, a run from its folder to its end; `checkpoints.py` and `restore.py` save and
restore its state to the last bit.
"""
