"""How a block is described on cards, in rows and in diagrams."""

import pytest

from builder.blocks.catalogue import catalogue
from builder.gallery import TEMPLATES
from builder.gallery.template import block


@pytest.mark.parametrize(
    ("name", "given", "words", "whole"),
    [
        (
            "Conv2D",
            {"filters": 64, "kernel_initializer": "he_normal", "use_bias": False},
            "64, 3×3, no bias",
            "64, 3×3, no bias, he_normal",
        ),
        (
            "BatchNormalization",
            {"epsilon": 1e-5, "momentum": 0.9},
            "",
            "momentum 0.9, epsilon 1e-05",
        ),
        (
            "resnet_stem",
            {"use_bias": True, "weight_decay": 0.0, "momentum": 0.99},
            "64, use_bias",
            "64, use_bias, weight_decay 0, momentum 0.99",
        ),
        ("squeeze_excitation", {"ratio": 8}, "ratio 8", "ratio 8"),
        ("transition_layer", {}, "compression 0.5", "compression 0.5"),
    ],
)
def test_what_tells_no_two_blocks_apart_is_left_out(
    name: str, given: dict[str, object], words: str, whole: str
) -> None:
    made = block(name, **given)
    assert made.describe() == words
    assert made.describe(whole=True) == whole


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_no_template_shows_an_initializer_or_an_epsilon(name: str) -> None:
    for node in TEMPLATES[name].architecture:
        text = node.block.describe()
        assert not any(word in text for word in ("he_", "glorot", "VarianceScaling", "epsilon"))


def test_the_whole_description_names_every_parameter_that_differs() -> None:
    for kind in catalogue().values():
        for parameter in kind.parameters():
            if parameter.name in ("epsilon", "momentum"):
                made = kind.create({parameter.name: 0.123})
                assert "0.123" in made.describe(whole=True)
                assert "0.123" not in made.describe()
