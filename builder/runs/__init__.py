"""Runs on disk: folder, state, numbers, overview, comparison.

Reads only, but for a person's own notes and requests; the worker writes the rest. May import
`files`, `training` and what is below them. Begin with `run_folder.py` and `run_state.py`.
"""
