"""The formats: architectures, documents, copied nodes; each checked as it is read.

May import `custom_blocks`, `network` and what is below them. Begin with `architecture_file.py`; a
`document_file.py` holds an architecture and what is kept beside it.
"""
