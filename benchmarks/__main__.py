"""`python -m benchmarks`: prints every figure, side by side in one run."""

from benchmarks import inference

inference.run()
