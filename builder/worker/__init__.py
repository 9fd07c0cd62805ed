"""The process that trains one run: `python -m builder.worker RUN_FOLDER`.

The only place that imports Keras. Nobody imports it; it is started. Begin with `session.py`: a run
from its folder to its end; `checkpoints.py` and `restore.py` keep and bring back its state to the
last bit.
"""
