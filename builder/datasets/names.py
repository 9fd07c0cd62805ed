"""The names of data sets in settings and runs."""

PUBLISHED = ("digits", "mnist", "fashion_mnist", "cifar10", "cifar100", "placeholder")
"""The published data sets; `placeholder` stands for the data in an export without training."""
OWN = "own:"
"""Prefix of the names of a person's own images; their id follows."""
