"""Documents and folders on disk."""
