"""The Train page: the settings of a training, its progress, and its results."""
