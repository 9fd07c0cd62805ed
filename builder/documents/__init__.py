"""Saved architectures and the library of own blocks, shared by every page of a server.

May import `files` and what is below it. Begin with `workspace.py` (documents as they are edited)
and `document_store.py` (their files).
"""
