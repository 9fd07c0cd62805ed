"""`python -m benchmarks`: prints every figure, side by side in one run."""

from benchmarks import inference, serving, training

inference.run()
serving.run()
training.run()
