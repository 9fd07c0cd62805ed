"""Starts the worker."""

import sys

from builder.training.worker.leaving import leave
from builder.training.worker.session import main

if __name__ == "__main__":
    leave(main(sys.argv[1:]))
