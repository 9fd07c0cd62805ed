"""Runs a script's network on images as in training.

Started as `python -m …worker.augment SCRIPT IMAGES RESULT SEED DRAWS`; an error ends it as usual.
"""

import runpy
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np


def main(arguments: Sequence[str]) -> None:
    """Writes what `build_model()` of the script makes of the images, once for each draw."""
    script, images, result, seed, draws = arguments
    exported: dict[str, Any] = runpy.run_path(script, run_name="exported")
    keras = exported["keras"]
    given = np.load(images, allow_pickle=False).astype("float32")
    made: list[Any] = []
    for draw in range(int(draws)):
        keras.utils.set_random_seed(int(seed) + draw)
        model = exported["build_model"]()
        made.append(keras.ops.convert_to_numpy(model(given, training=True)))
    np.save(result, np.stack(made))


if __name__ == "__main__":
    main(sys.argv[1:])
