"""What every other package stands on: errors, processes, atomic writing, locks, the data folder.

Imports nothing else of Convstack. Begin with `errors.py` (what a person can be told), `atomic.py`
and `locks.py` (how files are written), and `helper_process.py` (work in a bounded process).
"""
