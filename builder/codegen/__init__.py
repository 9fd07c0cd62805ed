"""Writes code and diagrams from an architecture.

`keras/` writes the script, `diagram/` the picture. May import `files`, `transforms`, `training` and
what is below them, and nothing that trains. Begin with `keras/script.py`.
"""
