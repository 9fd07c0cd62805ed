"""The part of an exported script that gives Normalization layers their statistics."""

ADAPT = '''\
def adapt_normalization(model, images, chunk_size=64):
    """Gives Normalization layers the mean and variance of what reaches them from the images."""
    for layer in model.layers:  # each behind those that it reads
        is_open = isinstance(layer, layers.Normalization) and layer.input_mean is None
        if not is_open or layer.invert:
            continue
        before = keras.Model(model.input, layer.input)
        axes = range(len(layer.input.shape))
        over = tuple(axis for axis in axes if axis not in [kept % len(axes) for kept in layer.axis])
        count = total = squares = 0
        for start in range(0, len(images), chunk_size):  # not all at once, to save memory
            part = before(images[start : start + chunk_size], training=False)
            part = keras.ops.convert_to_numpy(part).astype("float64")
            count += np.prod([part.shape[axis] for axis in over])
            total += part.sum(axis=over, keepdims=True)
            squares += np.square(part).sum(axis=over, keepdims=True)
        mean = total / count
        deviation = np.sqrt(np.maximum(squares / count - np.square(mean), 0))
        # Two images with just that mean and deviation: adapt() cannot add up batches in 16 bits.
        layer.adapt(np.concatenate([mean - deviation, mean + deviation]))'''

CALL = "adapt_normalization(model, data[0][0])"
"""What adapts a model to the training images."""
