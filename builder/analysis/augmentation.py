"""Shows what a network's augmentation does to images, before it is trained.

The layers from the input to the last augmentation are exported as a separate network, and Keras
runs them on a few images in a short process, so nothing has to imitate them.
"""

from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.blocks.layers.center_crop import CenterCrop
from builder.blocks.layers.gaussian_noise import GaussianNoise
from builder.blocks.layers.input import Input
from builder.blocks.layers.random_brightness import RandomBrightness
from builder.blocks.layers.random_contrast import RandomContrast
from builder.blocks.layers.random_crop import RandomCrop
from builder.blocks.layers.random_flip import RandomFlip
from builder.blocks.layers.random_rotation import RandomRotation
from builder.blocks.layers.random_translation import RandomTranslation
from builder.blocks.layers.random_zoom import RandomZoom
from builder.blocks.layers.rescaling import Rescaling
from builder.blocks.layers.resizing import Resizing
from builder.codegen.keras.script import to_script
from builder.datasets.own_images.fitting import fit
from builder.datasets.own_images.target import MAX_SIDE, Target
from builder.datasets.samples import Images
from builder.network.architecture import Architecture, Node
from builder.system import devices
from builder.system.atomic import replacing
from builder.system.errors import BuilderError
from builder.system.helper_process import EndedBy, run_module
from builder.system.temporary import temporary_folder

MODULE = "builder.worker.augment"

SECONDS = 120.0
"""The most seconds that it may take; importing Keras alone takes 5 s."""

DRAWS = 2
"""How often each image is augmented."""

_RANDOM = (
    RandomBrightness,
    RandomContrast,
    RandomCrop,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    GaussianNoise,
)
_BETWEEN = (Rescaling, Resizing, CenterCrop)
"""Layers that may come before an augmentation; they turn an image into an image."""


def leading(architecture: Architecture) -> Architecture | None:
    """The leading layers, from the input to the last augmentation, as a separate network.

    Returns:
        None where the network does not begin with augmentation, or does not take one image.
    """
    inputs = [node for node in architecture.nodes if isinstance(node.block, Input)]
    if len(inputs) != 1:
        return None
    front: list[Node] = [inputs[0]]
    found = 0
    while len(readers := architecture.consumers[front[-1].id]) == 1:
        node = architecture.by_id[readers[0]]
        if not isinstance(node.block, (*_RANDOM, *_BETWEEN)):
            break
        front.append(node)
        found = len(front) if isinstance(node.block, _RANDOM) else found
    if not found:
        return None
    shape = front[0].block.shape if isinstance(front[0].block, Input) else ()
    if len(shape) != 3 or shape[2] not in (1, 3) or max(shape[:2]) > MAX_SIDE:
        return None
    return Architecture(architecture.name, tuple(front[:found]), (front[found - 1].id,))


def augment(
    front: Architecture, images: Images, path: Path, seed: int, *, cancel: Event | None = None
) -> None:
    """Writes augmented images as a `.npy`, each image `DRAWS` times.

    Args:
        front: The result of `leading`.
        images: As in the data set; they are converted to the network's input.
        path: Of shape `(DRAWS, images, height, width, channels)`, values 0 to 255.
        seed: Decides the random numbers.
        cancel: Ends the work as soon as it is set.

    Raises:
        BuilderError: Keras cannot do it, or it was cancelled.
        OSError: The file cannot be written.
    """
    block = front.nodes[0].block
    assert isinstance(block, Input)
    target = Target(*block.shape)
    pictures = [Image.fromarray(one[..., 0] if one.shape[-1] == 1 else one) for one in images]
    with temporary_folder("augment") as folder:
        script, given, made = (folder / name for name in ("front.py", "in.npy", "out.npy"))
        script.write_text(to_script(front), encoding="utf-8")
        np.save(given, np.stack([fit(picture, target) for picture in pictures]))
        ended = run_module(
            MODULE,
            [str(script), str(given), str(made), str(seed), str(DRAWS)],
            seconds=SECONDS,
            environment={**devices.environment("cpu"), "TF_CPP_MIN_LOG_LEVEL": "3"},
            cancel=cancel,
        )
        if ended.by == EndedBy.CANCELLED:
            raise BuilderError("the preview was cancelled")
        if ended.by == EndedBy.TIME:
            raise BuilderError(f"the preview was not ready within {SECONDS:.0f} seconds")
        if ended.status != 0:
            lines = ended.messages.strip().splitlines() or ["it said nothing"]
            raise BuilderError(f"Keras cannot augment these images: {lines[-1][:200]}")
        shown = np.load(made, allow_pickle=False)
    with replacing(path, durable=False) as file:
        np.save(file, _as_pixels(front, shown))


def _as_pixels(front: Architecture, values: NDArray[Any]) -> Images:
    """Reverts a Rescaling, so that the values are pixels again."""
    for node in reversed(front.nodes):
        if isinstance(node.block, Rescaling):
            for _ in range(node.repeat):
                scale = np.asarray(node.block.scale)
                values = (values - node.block.offset) / np.where(scale == 0, 1, scale)
    return np.round(values.clip(0, 255)).astype(np.uint8)
