"""Models that Keras saved, read as architectures: configuration only, by allowlist."""
