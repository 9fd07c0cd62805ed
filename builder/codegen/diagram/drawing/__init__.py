"""The process that draws a diagram: `python -m ….drawing svg < DOT > PICTURE`.

It is started anew for each picture, so that the app never holds a renderer in its memory.
"""
