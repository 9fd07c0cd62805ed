"""What a person should know before a training starts: findings, each with its fix.

May import `transforms`, `training` and what is below them. Begin with `readiness.py`, which asks
all checks; `memory_need.py` and `time_estimate.py` say what a training will take.
"""
