"""The core of Convstack: architectures, shapes, costs and code, without browser and Keras."""
