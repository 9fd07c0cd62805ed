"""Runs on disk: folder, state, numbers, overview, comparison.

Only reads, apart from a person's notes and requests; the worker writes the rest. May import
`files`, `training` and what is below them. Begin with `run_folder.py` and `run_state.py`.
"""
