"""A person's own images: read from a zip, an `.npz` or a folder, checked, and kept as arrays.

What is uploaded is taken for hostile until it was looked at. Images are decoded once, brought to
one size and color, and stored as arrays that a training maps into its memory.
"""
