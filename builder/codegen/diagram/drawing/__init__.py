"""The process that draws a diagram: `python -m ….drawing svg < DOT > PICTURE`.

Each picture gets a new process, so the app never holds a renderer in memory.
"""
