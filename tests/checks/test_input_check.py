"""A network that asks for far larger images than there are gets a size that it stands."""

import pytest

from builder.blocks.base import Block
from builder.checks.input_check import input_findings
from builder.checks.readiness import readiness
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.training.settings import TrainingSettings
from builder.transforms.fixes import mend

SETTINGS = TrainingSettings(dataset="digits")


def fitted(architecture: Architecture, image: tuple[int, ...] = (8, 8, 1)) -> str:
    """The size that is offered; empty for none."""
    found = list(input_findings(infer(architecture), image))
    if not found:
        return ""
    (finding,) = found
    assert finding.level == "info", (
        "it keeps nobody from training, and train does not do it unasked"
    )
    assert finding.fix is not None
    after, _ = mend(architecture, SETTINGS, finding.fix)
    inference = infer(after)
    assert inference.ok
    assert not list(input_findings(inference, image)), "the fix is all that is needed"
    assert inference.output_shapes == infer(architecture).output_shapes
    size = "×".join(map(str, inference.input_shapes[0][:2]))
    assert f" to {size}×" in finding.fix.label(architecture)
    assert f"With {size} " in finding.message
    return size


@pytest.mark.parametrize(
    ("template", "size"),
    [
        ("resnet50", "32×32"),
        ("vgg16", "32×32"),
        ("efficientnet_b0", "32×32"),
        ("mobilenet_v2", "32×32"),
        ("inception_v3", "96×96"),  # its windows do not fit anything less
        ("lenet5", ""),
        ("small_residual", ""),
    ],
)
def test_the_size_is_the_least_that_the_network_stands(template: str, size: str) -> None:
    assert fitted(TEMPLATES[template].architecture) == size


def network(height: int, width: int, *blocks: Block) -> Architecture:
    ends = block("GlobalAveragePooling2D"), block("Dense", 10)
    return stack("net", block("Input", shape=(height, width, 3)), *blocks, *ends)


def test_images_are_never_made_smaller_and_keep_the_inputs_proportions() -> None:
    conv = block("Conv2D", 4, 3, padding="same")
    assert fitted(network(224, 224, conv), (28, 28, 1)) == "28×28"
    assert fitted(network(96, 192, conv), (12, 24, 3)) == "24×48"
    assert fitted(network(100, 100, conv), (8, 50, 3)) == "", "in one direction it is little"
    assert fitted(network(33, 33, conv), (32, 32, 3)) == ""


def test_what_stands_no_smaller_size_is_left_alone() -> None:
    resized = network(64, 64, block("Resizing", 60, 60), block("Conv2D", 4))
    assert fitted(resized) == "", "nothing would be saved"
    broken = network(64, 64, block("Conv2D", 4, 99))
    assert fitted(broken) == ""


def test_the_check_offers_it_beside_what_else_there_is() -> None:
    inference = infer(TEMPLATES["resnet50"].architecture)
    found = readiness(inference, SETTINGS).findings
    assert [finding.level for finding in found] == ["error", "info"]
    assert "Images of 8×8 are enlarged to 224×224" in found[-1].message
    assert found[-1].fix is not None
    assert found[-1].fix.label(inference.architecture) == "Set shape of input_1 to 32×32×3"
    other = readiness(inference, TrainingSettings(dataset="placeholder"))
    assert not any("enlarged" in finding.message for finding in other.findings)
