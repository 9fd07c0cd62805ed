"""The formats: architectures, documents, copied nodes; each checked as it is read.

May import `custom_blocks`, `network`, `training` and what is below them. Each format is declared
with its version and its migrations (`system/formats.py`). Begin with `architecture_file.py`; a
`document_file.py` holds an architecture and what is kept beside it.
"""
