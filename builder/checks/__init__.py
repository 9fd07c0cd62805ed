"""Findings before a training starts, each with its fix.

May import `transforms`, `training` and what is below them. Begin with `readiness.py`, which runs
all checks; `memory_need.py` and `time_estimate.py` estimate what a training takes.
"""
