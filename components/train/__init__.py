"""The Train page: what a training is asked for, the training as it goes, and what came of it."""
