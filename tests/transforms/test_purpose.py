"""What a network is fit for by its end, and fixes that say all that they do."""

from collections.abc import Iterator

import pytest

from builder.blocks.base import Block
from builder.checks.readiness import readiness
from builder.custom_blocks.grouping import group
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network import edits
from builder.network.architecture import Architecture
from builder.network.edit_words import in_full
from builder.network.inference import infer
from builder.training.settings import TrainingSettings
from builder.transforms.fixes import ChangeSetting
from builder.transforms.head_edits import adapt_head
from builder.transforms.purpose import Purpose, purpose


def body(*ends: Block) -> Architecture:
    return stack("net", block("Input", shape=(8, 8, 3)), block("Conv2D", 4, 3), *ends)


HIDDEN = group(body(block("Flatten"), block("Dense", 5)), ("flatten_1", "dense_1"), "end")

ENDS = {
    "features": (body(), Purpose.FEATURES),
    "pooled features": (body(block("GlobalAveragePooling2D")), Purpose.FEATURES),
    "gated features": (
        body(block("squeeze_excitation", 2), block("GlobalAveragePooling2D")),
        Purpose.FEATURES,
    ),
    "dense": (body(block("Flatten"), block("Dense", 5)), Purpose.CLASSES),
    "dense inside of a block": (HIDDEN, Purpose.CLASSES),
    "dense, normalized": (
        body(block("Flatten"), block("Dense", 5), block("BatchNormalization")),
        Purpose.CLASSES,
    ),
    "softmax without dense": (
        body(block("GlobalAveragePooling2D"), block("Activation", "softmax")),
        Purpose.CLASSES,
    ),
    "pixels": (body(block("Conv2D", 2, 1, activation="softmax")), Purpose.PIXEL_CLASSES),
    "pixels without classes": (body(block("Conv2D", 2, 1, activation="relu")), Purpose.FEATURES),
    "broken": (body(block("Conv2D", 2, 99)), None),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_end_shows_what_a_network_can_be_trained_for(name: str) -> None:
    architecture, expected = ENDS[name]
    assert purpose(infer(architecture)) == expected


def test_as_many_numbers_as_classes_are_classes_whatever_they_come_from() -> None:
    pooled = infer(body(block("GlobalAveragePooling2D")))
    assert purpose(pooled, 4) == Purpose.CLASSES
    assert purpose(pooled, 10) == Purpose.FEATURES


def test_every_template_but_the_segmentation_gives_classes() -> None:
    for name, template in TEMPLATES.items():
        expected = Purpose.PIXEL_CLASSES if name == "unet" else Purpose.CLASSES
        assert purpose(infer(template.architecture)) == expected, name


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (
            body(),
            adapt_head(body(), 10, "softmax"),
            "add GlobalAveragePooling2D and Dense (units 10, activation softmax) behind conv2d_1",
        ),
        (
            body(block("ReLU")),
            edits.remove(body(block("ReLU")), ["re_lu_1"]),
            "remove re_lu_1",
        ),
        (
            body(block("Flatten"), block("Dense", 5)),
            adapt_head(body(block("Flatten"), block("Dense", 5)), 10, "softmax"),
            "set units of dense_1 to 10 and activation to softmax",
        ),
        (
            body(),
            edits.set_parameters(body(), "input_1", {"shape": [16, 16, 3]}),
            "set shape of input_1 to 16×16×3",
        ),
        (
            body(block("Conv2D", 4)),
            edits.repeat(
                edits.set_parameters(body(block("Conv2D", 4)), "conv2d_1", {"use_bias": False}),
                "conv2d_2",
                3,
            ),
            "set use_bias of conv2d_1 to False; set repeat of conv2d_2 to 3",
        ),
    ],
)
def test_an_edit_is_reported_in_full(before: Architecture, after: Architecture, words: str) -> None:
    assert in_full(before, after) == words


def misfits() -> Iterator[Architecture]:
    """Networks that do not fit the digits, each in its way."""
    for end in (
        (),
        (block("GlobalAveragePooling2D"),),
        (block("Flatten"), block("Dense", 3)),
        (block("Flatten"), block("Dense", 10, activation="sigmoid")),
        (block("Rescaling", 1 / 255, offset=3.0), block("Conv2D", 2, 1, activation="softmax")),
    ):
        yield body(*end)
    for template in ("unet", "network_in_network", "small_residual", "inception_v3"):
        yield TEMPLATES[template].architecture
    yield stack(
        "scaled",
        block("Input", shape=(8, 8, 3)),
        block("Rescaling", 1.0, offset=3.0),
        block("Conv2D", 10, 8, activation="softmax"),
        block("Flatten"),
    )


def test_every_fix_of_a_network_names_all_that_it_does() -> None:
    """Each block that comes or goes, and each parameter that is set, stands on the button."""
    seen = 0
    for network in misfits():
        for finding in readiness(infer(network), TrainingSettings()).findings:
            if finding.fix is None or isinstance(finding.fix, ChangeSetting):
                continue
            after, label = finding.fix.apply(network), finding.fix.label(network)
            for node in after:
                old = network.by_id.get(node.id)
                if old is None:
                    assert node.block.type_name() in label
                else:
                    was, now = old.block.values(), node.block.values()
                    for name in now:
                        assert was[name] == now[name] or name in label
            for node in network:
                assert node.id in after or node.label in label
            seen += 1
    assert seen > 10
