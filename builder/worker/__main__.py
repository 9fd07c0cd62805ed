"""Starts the worker."""

import sys

from builder.worker.leaving import leave
from builder.worker.main import main

if __name__ == "__main__":
    leave(main(sys.argv[1:]))
