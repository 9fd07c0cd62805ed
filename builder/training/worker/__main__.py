"""Starts the worker."""

import sys

from builder.training.worker.session import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
