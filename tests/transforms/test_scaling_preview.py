"""What the preview of a scaling says: totals, stages, added and removed nodes, refusals."""

from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.transforms.scaling import PUBLISHED, Compound, Scaling
from builder.transforms.scaling_preview import Preview, preview
from builder.transforms.stages import Bar


def sizes(found: Preview, label: str) -> tuple[object, object]:
    stage = next(stage for stage in found.stages if stage.label == label)
    return stage.before, stage.after


def test_the_published_scaling_of_b0_is_b7() -> None:
    found = preview(TEMPLATES["efficientnet_b0"].architecture, PUBLISHED["EfficientNet-B7"].scaling)
    assert found.after is not None
    assert (found.before.total_params, found.after.total_params) == (5_330_571, 66_658_687)
    assert found.changes
    assert not found.new_issues
    labels = [stage.label for stage in found.stages]
    assert labels[0] == "input_1"
    assert "batch_normalization_1" not in labels, "it has nothing of its own to scale"
    before, after = found.stages[labels.index("mbconv_stage_2")].before, found.stages[3].after
    assert before is not None
    assert (before.widths, before.blocks, before.shape) == ((24,), 2, (56, 56, 24))
    assert after is not None
    assert (after.widths, after.blocks, after.shape) == ((48,), 7, (150, 150, 48))


def test_a_node_that_scaling_adds_has_no_before() -> None:
    network = stack(
        "two",
        block("Input", shape=(32, 32, 8)),
        block("residual_block", 8, pooling=True),
        block("residual_block", 8, pooling=True),
        block("Dense", 2),
    )
    found = preview(network, Scaling(depth=2))
    added = [stage for stage in found.stages if stage.before is None]
    assert [stage.after.blocks for stage in added if stage.after] == [2]


def test_a_cell_that_scaling_takes_away_has_no_after() -> None:
    found = preview(TEMPLATES["nasnet_mobile"].architecture, Scaling(depth=0.5))
    assert found.after is not None
    gone = [stage for stage in found.stages if stage.after is None]
    removed = len(found.before.architecture.nodes) - len(found.after.architecture.nodes)
    assert len(gone) == removed > 0


def test_nothing_changes_at_phi_0() -> None:
    found = preview(TEMPLATES["vgg16"].architecture, Compound(0).scaling)
    assert not found.changes
    assert not found.new_issues


def test_what_breaks_by_scaling_is_said_before() -> None:
    network = stack(
        "small", block("Input", shape=(8, 8, 3)), block("Conv2D", 8, 7), block("Dense", 2)
    )
    found = preview(network, Scaling(resolution=0.5))
    assert [issue.level for issue in found.new_issues] == ["error"]
    assert "window does not fit" in found.new_issues[0].message


def test_a_refused_scaling_says_why() -> None:
    network = stack(
        "wide",
        block("Input", shape=(8, 8, 3)),
        block("Conv2D", 60_000),
        block("ReLU"),
        block("Conv2D", 2),
    )
    found = preview(network, Scaling(width=2))
    assert found.after is None
    assert found.refusal is not None
    assert "filters: received 120000" in found.refusal.message
    assert not found.changes


def test_what_depth_does_to_each_block_is_said_before() -> None:
    found = preview(TEMPLATES["se_residual_digits"].architecture, Scaling(depth=2))
    assert [(s.label, *s.blocks) for s in found.deepened] == [
        ("residual_block_1", 1, 2),
        ("residual_block_3", 0, 1),
    ]
    assert {s.label: s.bar for s in found.stages if s.bar} == {"conv_bn_relu_1": Bar.STEM}
    assert not any(s.bar for s in preview(found.before.architecture, Scaling(width=2)).stages)
    nothing = preview(TEMPLATES["mini_xception"].architecture, Scaling(depth=7))
    assert not nothing.deepened
    assert [s.bar for s in nothing.stages][1:-1] == [Bar.STEM, *[Bar.RESHAPES] * 5]


def test_the_cost_that_was_promised_stands_beside_the_one_that_comes() -> None:
    found = preview(TEMPLATES["mini_xception"].architecture, Scaling(depth=7, resolution=2))
    assert [(f.name, f.value, f.asked) for f in found.factors] == [
        ("depth", 7, 7),
        ("resolution", 2, 4),
    ]
    assert found.factors[0].got == 1
    assert 3.5 < found.factors[1].got < 4.5
