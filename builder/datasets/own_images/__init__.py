"""A person's own images: read from a zip, an `.npz` or a folder, checked, and stored as arrays.

Uploads are untrusted until they are checked. Images are decoded once, converted to one size and
color, and stored as arrays that a training maps into its memory.
"""
