"""The core of Convstack: architectures, shapes, costs and code, without a browser and without Keras."""
