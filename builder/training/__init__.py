"""Training: what is asked of it, the data, the run on disk, and the process that does it."""
