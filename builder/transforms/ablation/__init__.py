"""Taking parts out of a network, to see what each is worth.

`parts(architecture)` lists what can be taken out and what that would change; `without(architecture,
kind)` does it. Loose layers, built-in modules and own blocks are treated alike, at any depth: each
is a small graph (`graph.py`), a module's is read off its trace (`content.py`), one function for
each kind of part works on any such graph (`removing.py`), and what is left of a module is an own
block whose name says what it lacks (`sharing.py`). Begin with `parts.py`.
"""
