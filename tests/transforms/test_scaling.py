"""Compound scaling: rounding by hand, what grows and what does not, on every template."""

from dataclasses import replace
from functools import partial

import pytest

from builder.blocks.base import Block, Category
from builder.blocks.parameter import Role
from builder.custom_blocks.exposing import candidates
from builder.custom_blocks.grouping import group
from builder.gallery import TEMPLATES, Template
from builder.gallery.nasnet import nasnet
from builder.gallery.template import Drawing, block, stack
from builder.network.architecture import Architecture
from builder.network.edits import remove, repeat
from builder.network.inference import infer
from builder.network.own_block import OwnBlock
from builder.system.errors import EditError, ParameterError
from builder.transforms.scaling import (
    PUBLISHED,
    Compound,
    Scaling,
    grid,
    round_filters,
    round_repeats,
    round_size,
    scale,
)
from builder.transforms.stages import Bar, bars
from builder.transforms.stems import chooses_width


@pytest.mark.parametrize(
    ("filters", "width", "expected"),
    [
        (32, 1.1, 32),  # 35.2 is nearer to 32 than to 40
        (40, 1.1, 48),  # 44 lies in the middle and goes up
        (1280, 1.1, 1408),
        (24, 1.4, 32),  # 33.6
        (10, 0.99, 16),  # 9.9 would become 8, more than a tenth too few
        (8, 0.2, 8),  # never less than the divisor
        (6, 1.0, 6),  # a factor of 1 changes nothing
        (320, 2.0, 640),
    ],
)
def test_channels_are_rounded_as_the_authors_do(filters: int, width: float, expected: int) -> None:
    assert round_filters(filters, width) == expected


def test_the_divisor_can_be_chosen() -> None:
    assert round_filters(30, 1.1, divisor=1) == 33
    assert round_filters(30, 1.1, divisor=16) == 32


@pytest.mark.parametrize(
    ("repeats", "depth", "expected"), [(1, 1.1, 2), (4, 3.1, 13), (3, 1.0, 3), (4, 0.5, 2)]
)
def test_repetitions_are_rounded_up(repeats: int, depth: float, expected: int) -> None:
    assert round_repeats(repeats, depth) == expected


def test_pixels_are_rounded_to_the_nearest() -> None:
    assert [round_size(224, 1.15**phi) for phi in (0, 1, 2)] == [224, 258, 296]
    assert round_size(1, 0.1) == 1


def test_the_default_factors_about_double_the_cost_with_each_step() -> None:
    assert Compound(0).scaling == Scaling()
    assert Compound(1).growth == pytest.approx(1.92, abs=0.01)
    assert Compound(1).scaling.cost == pytest.approx(1.92, abs=0.01)
    assert Compound(3).scaling.cost == pytest.approx(Compound(1).growth ** 3)


def test_the_published_factors_give_the_published_sizes() -> None:
    sizes = [round_size(224, factors.scaling.resolution) for factors in PUBLISHED.values()]
    assert sizes == [240, 260, 300, 380, 456, 528, 600]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"depth": 0}, "depth: received 0, expected a number from 0.1 to 10"),
        ({"phi": 99}, "phi: received 99, expected a number from -4 to 8"),
        ({"phi": float("nan")}, "phi: received nan, expected a finite number"),
        ({"divisor": 2.5}, "divisor: received 2.5"),
        ({"color": 1}, "scaling: there is no color, expected phi, depth"),
    ],
)
def test_factors_out_of_range_are_refused(values: dict[str, float], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        Compound.create(values)


def test_a_scaling_of_one_changes_nothing() -> None:
    for template in TEMPLATES.values():
        assert scale(template.architecture, Scaling()) == template.architecture


STAGES = {
    0: ((16, 24, 40, 80, 112, 192, 320), (1, 2, 2, 3, 3, 4, 1)),
    3: ((24, 32, 48, 96, 136, 232, 384), (2, 3, 3, 5, 5, 6, 2)),
    7: ((32, 48, 80, 160, 224, 384, 640), (4, 7, 7, 10, 10, 13, 4)),
}
"""Channels and blocks of EfficientNet's stages, as its authors' code rounds them."""


@pytest.mark.parametrize("number", STAGES)
def test_efficientnet_is_scaled_from_b0(number: int) -> None:
    architecture = TEMPLATES[f"efficientnet_b{number}"].architecture
    stages = [n.block.values() for n in architecture if n.block.type_name() == "mbconv_stage"]
    filters, blocks = STAGES[number]
    assert tuple(stage["filters"] for stage in stages) == filters
    assert tuple(stage["num_blocks"] for stage in stages) == blocks
    assert tuple(stage["first_block"] for stage in stages) == tuple(
        sum(blocks[:position]) for position in range(7)
    )
    assert {stage["total_blocks"] for stage in stages} == {sum(blocks)}


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_every_template_can_be_scaled_up(template: Template) -> None:
    architecture = template.architecture
    before, after = infer(architecture), infer(scale(architecture, Compound(1).scaling))
    assert after.ok, after.errors
    assert after.total_params > before.total_params
    assert after.macs > before.macs
    classes = [shape and shape[-1] for shape in before.output_shapes]
    assert [shape and shape[-1] for shape in after.output_shapes] == classes


def values(architecture: Architecture, name: str) -> list[object]:
    return [n.block.values()[name] for n in architecture if name in n.block.values()]


def test_the_last_layer_with_a_width_keeps_it() -> None:
    wider = scale(TEMPLATES["network_in_network"].architecture, Scaling(width=2))
    assert values(wider, "filters") == [384, 384, 384, 384, 10]
    wider = scale(TEMPLATES["lenet5"].architecture, Scaling(width=2))
    assert values(wider, "filters") == [16, 32]
    assert values(wider, "units") == [240, 168, 10]


def test_each_output_keeps_its_width() -> None:
    architecture = stack("two", block("Input"), block("Flatten"), block("Dense", 16))
    architecture = stack("two", *(node.block for node in architecture), block("Dense", 4))
    outputs = tuple(node.id for node in architecture.nodes[-2:])
    wider = scale(replace(architecture, outputs=outputs), Scaling(width=2))
    assert values(wider, "units") == [16, 4]


def test_sizes_in_pixels_follow_the_input() -> None:
    architecture = stack(
        "crop", block("Input", shape=(32, 48, 3)), block("RandomCrop", 24, 36), block("Conv2D", 8)
    )
    finer = scale(architecture, Scaling(resolution=1.5))
    assert values(finer, "shape") == [[48, 72, 3]]
    assert values(finer, "height") == [36]
    assert values(finer, "width") == [54]


def test_a_stage_grows_where_its_block_is_repeated_already() -> None:
    deeper = scale(TEMPLATES["resnet50"].architecture, Scaling(depth=2))
    repeats = [n.repeat for n in deeper if n.block.type_name() == "bottleneck_block"]
    assert repeats == [6, 1, 7, 1, 11, 1, 5]
    assert [n.repeat for n in deeper if n.block.type_name() == "resnet_stem"] == [1]


def test_a_block_that_pools_is_followed_by_one_that_does_not() -> None:
    deeper = scale(TEMPLATES["small_residual"].architecture, Scaling(depth=2))
    residual = [n for n in deeper if n.block.type_name() == "residual_block"]
    assert [n.block.values()["filters"] for n in residual] == [32, 32, 64, 64, 128, 128]
    assert [n.block.values()["pooling"] for n in residual] == [True, False, True] + [False] * 3
    assert [n.inputs[0] for n in residual[1:]] == [n.id for n in residual[:-1]]


def test_a_block_behind_the_last_one_of_a_network_becomes_its_output() -> None:
    architecture = stack(
        "pyramid", block("Input"), *(block("residual_block", 8, pooling=True) for _ in range(2))
    )
    architecture = replace(architecture, outputs=(architecture.nodes[-1].id,))
    deeper = infer(scale(architecture, Scaling(depth=2)))
    assert deeper.ok
    assert all(node.used for node in deeper.nodes.values())
    assert len(deeper.nodes) == 4


@pytest.mark.parametrize(("depth", "cells"), [(2, 12), (1.2, 8), (0.5, 3), (0.01, 1)], ids=str)
@pytest.mark.parametrize("skips", [True, False])
def test_a_chain_of_cells_grows_and_shrinks(depth: float, cells: int, skips: bool) -> None:
    """As if the network had been drawn with that many cells in each stage."""

    def wiring(architecture: Architecture) -> list[tuple[object, ...]]:
        place = {node.id: number for number, node in enumerate(architecture)}
        return [(n.block, n.name, *(place[i] for i in n.inputs)) for n in architecture]

    small = partial(nasnet, "small", 96, 16, 16)
    scaled = scale(small(6, skips_reduction=skips), Scaling(depth=depth))
    assert wiring(scaled) == wiring(small(cells, skips_reduction=skips))


def test_the_order_of_the_rows_does_not_matter() -> None:
    architecture = TEMPLATES["small_residual"].architecture
    output = architecture.output_ids
    upside_down = replace(architecture.with_nodes(architecture.nodes[::-1]), outputs=output)
    deeper = infer(scale(upside_down, Scaling(depth=2)))
    assert deeper.ok
    assert deeper.total_params == infer(scale(architecture, Scaling(depth=2))).total_params


def test_a_block_that_stands_once_is_repeated_or_followed_by_one_that_keeps_its_shape() -> None:
    deeper = scale(TEMPLATES["se_residual_digits"].architecture, Scaling(depth=2))
    residual = [n for n in deeper if n.block.type_name() == "residual_block"]
    assert [(n.block.values()["filters"], n.repeat) for n in residual] == [
        (32, 2),
        (64, 1),
        (64, 1),
    ]
    assert [n.block.values()["pooling"] for n in residual] == [False, True, False]
    assert infer(deeper).ok
    stem = next(n for n in deeper if n.block.type_name() == "conv_bn_relu")
    assert stem.repeat == 1


def body(*blocks: Block) -> Architecture:
    """A network with a stem of 8 channels and a head around blocks."""
    ends = block("GlobalAveragePooling2D"), block("Dense", 3, activation="softmax")
    image = block("Input", shape=(16, 16, 3))
    return stack("body", image, block("conv_bn_relu", 8), *blocks, *ends)


BARRED = {
    "stem": (body(), {"conv_bn_relu_1": Bar.STEM}),
    "linear": (body(block("Conv2D", 8, 3, padding="same")), {"conv2d_1": Bar.LINEAR}),
    "reshapes": (
        body(block("Conv2D", 8, 3, activation="relu")),
        {"conv2d_1": Bar.RESHAPES},
    ),
    "head": (
        stack("pixels", block("Input"), block("Conv2D", 3, 3, padding="same", activation="relu")),
        {"conv2d_1": Bar.HEAD},
    ),
    "layer": (body(block("Conv2D", 8, 3, padding="same", activation="relu")), {}),
    "module": (body(block("plain_block", 16, strides=2)), {}),
    "no width of its own": (body(block("squeeze_excitation")), {}),
}


@pytest.mark.parametrize("name", BARRED)
def test_what_keeps_a_block_from_being_repeated_has_a_name(name: str) -> None:
    architecture, expected = BARRED[name]
    found = bars(infer(architecture))
    assert {"conv_bn_relu_1": Bar.STEM} | found == {"conv_bn_relu_1": Bar.STEM} | expected
    grew = infer(scale(architecture, Scaling(depth=2)))
    more = grew.num_layers > infer(architecture).num_layers
    assert (grew.ok, more) == (True, name in ("layer", "module"))


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_what_is_barred_stays_and_all_else_that_could_be_repeated_grows(template: Template) -> None:
    """No network keeps its depth without a reason for each of its blocks."""
    before = infer(template.architecture)
    after = infer(scale(template.architecture, Scaling(depth=2)))
    named = bars(before)
    assert all(
        after.architecture.by_id[name].repeat == before.nodes[name].node.repeat for name in named
    )
    could = [
        n for n in before.architecture if n.block.category is Category.MODULE and n.id not in named
    ]
    if any(chooses_width(node.block) for node in could):
        assert after.num_layers > before.num_layers


def test_an_own_block_is_repeated_where_nothing_inside_it_is() -> None:
    plain = body(block("residual_block", 8), block("residual_block", 8))
    own = group(plain, ["residual_block_1", "residual_block_2"], "pair")
    assert scale(own, Scaling(depth=2)).by_id["pair_1"].repeat == 2
    inside = group(repeat(plain, "residual_block_2", 2), ["residual_block_2"], "some")
    deeper = scale(inside, Scaling(depth=2)).by_id["some_1"]
    assert isinstance(deeper.block, OwnBlock)
    assert (deeper.repeat, deeper.block.definition.nodes[0].repeat) == (1, 4), "not four times"


def test_cells_that_shrink_the_image_are_not_repeated() -> None:
    made = Drawing("shrinking")
    x = previous = made.place(block("Input", shape=(32, 32, 3)))
    for _ in range(2):
        x, previous = made.place(block("nasnet_reduction_cell", 8), x, previous), x
    assert len(scale(made.architecture, Scaling(depth=2)).nodes) == 3


def test_neither_dense_layers_nor_blocks_without_a_width_make_a_stage() -> None:
    deeper = scale(TEMPLATES["vgg16"].architecture, Scaling(depth=2))
    assert [n.repeat for n in deeper if n.block.type_name() == "Dense"] == [1, 1, 1]
    twice = stack("twice", block("Input"), *[block("squeeze_excitation", 1)] * 2)
    assert scale(twice, Scaling(depth=2)) == twice


def test_a_network_can_be_scaled_down() -> None:
    shallower = scale(TEMPLATES["resnet50"].architecture, Scaling(depth=0.5))
    repeats = [n.repeat for n in shallower if n.block.type_name() == "bottleneck_block"]
    assert repeats == [2, 1, 1, 1, 2, 1, 1]
    assert infer(shallower).ok
    least = scale(TEMPLATES["resnet50"].architecture, Scaling(depth=0.01))
    assert {node.repeat for node in least} == {1}


def test_stochastic_depth_is_spread_again_when_a_stage_is_repeated() -> None:
    architecture = TEMPLATES["efficientnet_b0"].architecture
    stages = [node.id for node in architecture if node.block.type_name() == "mbconv_stage"]
    changed = scale(repeat(architecture, stages[0], 3), Scaling())
    assert values(changed, "first_block") == [0, 3, 5, 7, 10, 13, 17]
    assert set(values(changed, "total_blocks")) == {18}


def test_a_broken_network_can_be_scaled() -> None:
    architecture = TEMPLATES["resnet50"].architecture
    broken = remove(architecture, [architecture.nodes[0].id])
    assert not infer(scale(broken, Compound(1).scaling)).ok


@pytest.mark.parametrize(
    ("scaling", "message"),
    [
        (Scaling(width=0), "width: received 0, expected a number above 0"),
        (Scaling(depth=-1.0), "depth: received -1.0, expected a number above 0"),
        (Scaling(width=float("nan")), "width: received nan, expected a number above 0"),
        (Scaling(resolution=float("inf")), "resolution: received inf, expected a number above 0"),
        (Scaling(width=1_000), "filters: received 128000"),
        (Scaling(depth=1_000), "expected at most 200; scale the depth by less"),
        (Scaling(resolution=1_000), "shape: received (224000, 224000, 3)"),
    ],
)
def test_what_leads_out_of_range_is_refused(scaling: Scaling, message: str) -> None:
    with pytest.raises(EditError) as refused:
        scale(TEMPLATES["resnet18"].architecture, scaling)
    assert message in str(refused.value)


def test_every_number_of_channels_in_the_catalogue_has_a_role() -> None:
    from builder.blocks.catalogue import catalogue

    for name, declared in catalogue().items():
        for parameter in declared.parameters():
            if "filters" in parameter.name:
                assert parameter.role is Role.WIDTH, (name, parameter.name)
            elif parameter.name.startswith("num_"):
                assert parameter.role is Role.DEPTH, (name, parameter.name)


@pytest.mark.parametrize("exposed", [0, 1], ids=["nothing exposed", "filters exposed"])
@pytest.mark.parametrize(
    "chosen",
    [
        ["residual_block_2", "residual_block_3"],
        ["residual_block_3", "global_average_pooling2d_1", "dense_1"],
    ],
    ids=["in the middle", "with the head"],
)
def test_own_blocks_grow_as_what_they_are_made_of(chosen: list[str], exposed: int) -> None:
    plain = repeat(TEMPLATES["small_residual"].architecture, "residual_block_3", 2)
    made = group(plain, chosen, "own", candidates(plain, chosen)[:exposed])
    twice = group(made, ["own_1"], "outer")
    scaling = Scaling(width=1.5, resolution=1.25)
    wanted = infer(scale(plain, scaling))
    for grouped in (made, twice):
        found = infer(scale(grouped, scaling))
        assert found.ok
        assert found.total_params == wanted.total_params
        assert found.macs == wanted.macs
        assert found.output_shapes == wanted.output_shapes


def test_what_is_repeated_inside_an_own_block_is_repeated_more_often() -> None:
    plain = repeat(TEMPLATES["small_residual"].architecture, "residual_block_3", 2)
    made = group(plain, ["residual_block_3", "global_average_pooling2d_1"], "own")
    deeper = scale(made, Scaling(depth=1.5)).by_id["own_1"].block
    assert isinstance(deeper, OwnBlock)
    assert [node.repeat for node in deeper.definition.nodes] == [3, 1]


def test_the_grid_of_the_paper_doubles_the_cost() -> None:
    found = grid()
    assert (1.2, 1.1, 1.2) in found
    assert (2.0, 1.0, 1.0) in found
    assert len(found) == len(set(found)) == 22
    growths = [Compound(depth=d, width=w, resolution=r).growth for d, w, r in found]
    assert min(growths) == pytest.approx(1.9, abs=0.03)
    assert max(growths) == pytest.approx(2.1, abs=0.03)
    assert all(min(each) >= 1 for each in found)
    assert len(grid(0.05, tolerance=0.05)) > len(grid(0.1, tolerance=0.05))
