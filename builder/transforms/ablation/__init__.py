"""Takes parts out of a network, to measure what each contributes.

`parts(architecture)` lists what can be taken out and what that would change; `without(architecture,
kind)` does it. Loose layers, built-in modules and own blocks are treated alike, at any depth: each
is a small graph (`graph.py`); that of a module is read off its trace (`content.py`). One function
for each kind of part works on any such graph (`removing.py`). What is left of a module becomes an
own block whose name says what was taken out (`sharing.py`). Begin with `parts.py`.
"""
