"""The process that trains one run: `python -m builder.training.worker RUN_FOLDER`.

The only place that imports Keras. Nobody imports it; it is started.
"""
