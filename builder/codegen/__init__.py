"""Code and diagrams from an architecture."""
