"""The network's own augmentation is found, and run by Keras on samples."""

from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from builder.analysis.augmentation import DRAWS, augment, leading
from builder.blocks.catalogue import block_type
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture, Node
from builder.system.errors import BuilderError


def chain(*blocks: tuple[str, dict[str, Any]], shape: tuple[int, ...] = (6, 8, 3)) -> Architecture:
    """A network of layers in a row."""
    given = [("Input", {"shape": shape}), *blocks]
    made = [block_type(name)(**values) for name, values in given]
    ids = [f"node_{number}" for number in range(len(made))]
    nodes = [
        Node(name, block, (ids[number - 1],) if number else ())
        for number, (name, block) in enumerate(zip(ids, made, strict=True))
    ]
    return Architecture("chain", tuple(nodes))


FLIP = ("RandomFlip", {"mode": "horizontal"})
RESCALING = ("Rescaling", {"scale": 1 / 127.5, "offset": -1.0})
CONV = ("Conv2D", {"filters": 4, "kernel_size": 3})


def names(front: Architecture | None) -> list[str]:
    return [node.block.type_name() for node in front.nodes] if front else []


def test_the_layers_up_to_the_last_augmentation_are_found() -> None:
    assert names(leading(TEMPLATES["mini_xception"].architecture)) == [
        "Input",
        "RandomFlip",
        "RandomRotation",
        "RandomZoom",
    ]
    assert names(leading(chain(RESCALING, FLIP, RESCALING, CONV))) == [
        "Input",
        "Rescaling",
        "RandomFlip",
    ]
    for none in (
        chain(CONV, FLIP),
        chain(RESCALING),
        chain(),
        Architecture(),
        chain(FLIP, shape=(8, 8, 4)),
        TEMPLATES["se_residual_digits"].architecture,
    ):
        assert leading(none) is None


def test_what_branches_ends_the_front() -> None:
    straight = chain(FLIP, FLIP)
    aside = Node("aside", block_type("Flatten")(), ("node_1",))
    front = leading(Architecture("branched", (*straight.nodes, aside)))
    assert names(front) == ["Input", "RandomFlip"]


@pytest.mark.keras
def test_keras_runs_them_as_in_training(tmp_path: Path) -> None:
    front = leading(chain(RESCALING, FLIP, CONV))
    assert front is not None
    images = np.random.default_rng(0).integers(0, 256, (8, 6, 8, 3), dtype=np.uint8)
    augment(front, images, tmp_path / "a.npy", 7)
    made = np.load(tmp_path / "a.npy")
    assert made.shape == (DRAWS, 8, 6, 8, 3)
    as_they_are = (made == images).all(axis=(2, 3, 4))
    mirrored = (made == images[:, :, ::-1]).all(axis=(2, 3, 4))
    assert (as_they_are ^ mirrored).all()
    assert 0 < mirrored.sum() < mirrored.size
    assert not np.array_equal(made[0], made[1])


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    front = leading(chain(FLIP))
    assert front is not None
    cancel = Event()
    cancel.set()
    with pytest.raises(BuilderError, match="was cancelled"):
        augment(front, np.zeros((1, 9, 9, 1), np.uint8), tmp_path / "a.npy", 0, cancel=cancel)
    assert not [*tmp_path.iterdir()]
