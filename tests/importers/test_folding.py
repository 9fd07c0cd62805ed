"""Layers fold back into the modules that they were made by, exactly or not at all."""

from collections import Counter
from dataclasses import replace

import pytest

from builder.blocks.base import Layer
from builder.blocks.catalogue import block_type
from builder.blocks.module import Module
from builder.gallery import TEMPLATES
from builder.importers.folding import fold
from builder.importers.patterns import patterns
from builder.importers.sameness import canonical, is_same_network
from builder.network.architecture import Architecture, Node
from builder.network.inference import infer
from tests.drawing import any_networks, sound_networks
from tests.importers.flat import flattened

QUICK = (
    *("small_residual", "se_residual_digits", "mini_xception", "network_in_network", "alexnet"),
    *("vgg16", "resnet18", "plain34", "resnet50", "se_resnet50", "xception", "mobilenet_v2"),
)


def modules(architecture: Architecture) -> Counter[Module]:
    """The modules in a network, each as often as it is repeated."""
    found: Counter[Module] = Counter()
    for node in architecture:
        if isinstance(node.block, Module):
            found[node.block] += node.repeat
    return found


def layers(architecture: Architecture) -> Counter[Layer]:
    nodes = infer(architecture).used
    return Counter(canonical(call.facts.layer) for node in nodes for call in node.layers)


@pytest.mark.parametrize("name", QUICK)
def test_a_template_folds_back_to_its_modules(name: str) -> None:
    template = TEMPLATES[name].architecture
    flat = flattened(template)
    folded = fold(flat)
    assert not modules(template) - modules(folded), "every module is found again"
    assert layers(folded) == layers(flat) == layers(template)
    assert is_same_network(folded, template)
    assert len(folded.nodes) <= len(template.nodes)
    assert infer(folded).output_shapes == infer(template).output_shapes


def test_rows_of_blocks_fold_to_the_stages_that_they_were() -> None:
    """EfficientNet's rates rise over the network; a stage of one block stays that block."""
    for name in ("efficientnet_b0", "densenet121"):
        template = TEMPLATES[name].architecture
        folded = fold(flattened(template))
        stages = {"mbconv_stage", "dense_block"}
        expected = Counter(
            {
                block: times
                for block, times in modules(template).items()
                if block.type_name() in stages and block.values().get("num_blocks") != 1
            }
        )
        assert expected
        assert not expected - modules(folded)
        assert is_same_network(folded, template)
        assert len(folded.nodes) <= len(template.nodes)


def test_a_block_that_does_not_belong_to_the_row_keeps_it_apart() -> None:
    """The blocks of a stage whose rates do not rise evenly stay single."""
    template = TEMPLATES["efficientnet_b0"].architecture
    flat = flattened(template)
    drops = [node for node in flat if node.block.type_name() == "Dropout"]
    other = drops[-2].block.create({**drops[-2].block.values(), "rate": 0.7})
    folded = fold(_with(flat, replace(drops[-2], block=other)))
    rates = [node.block.values().get("drop_rate") for node in folded]
    assert 0.7 in rates
    assert Counter(_names(folded))["mbconv_stage"] == 4
    assert is_same_network(folded, _with(flat, replace(drops[-2], block=other)))


def test_modules_of_several_layers_are_looked_for() -> None:
    """All but those with one layer, those made of other modules only, and a few odd ones."""
    looked_for = {p.module.__name__ for found in patterns().values() for p in found}
    assert looked_for >= {
        *("bottleneck_block", "convnext_block", "inception_e", "mbconv_block", "transition_layer"),
        *("nasnet_normal_cell", "nasnet_reduction_cell", "squeeze_excitation", "unet_decoder_step"),
    }
    assert not looked_for & {"layer_scale", "strided_padding", "dense_block", "mbconv_stage"}


@pytest.mark.slow
def test_drawn_networks_keep_their_layers() -> None:
    for architecture in sound_networks():
        flat = flattened(architecture)
        folded = fold(flat)
        assert is_same_network(folded, flat)
        assert is_same_network(flat, architecture)
        assert len(folded.nodes) <= len(flat.nodes)


@pytest.mark.slow
def test_broken_networks_stay_as_they_are_where_they_are_broken() -> None:
    for architecture in any_networks():
        known, folded = infer(architecture), infer(fold(architecture))
        assert len(folded.errors) == len(known.errors)
        assert folded.output_shapes == known.output_shapes


def test_networks_that_differ_in_a_setting_or_a_connection_are_not_the_same() -> None:
    flat = _block()
    relu = next(node for node in flat if node.block.type_name() == "Activation")
    other = replace(relu, block=block_type("Activation").create({"activation": "gelu"}))
    assert not is_same_network(flat, _with(flat, other))
    total = next(node for node in flat if node.block.type_name() == "Add")
    turned = replace(total, inputs=total.inputs[::-1])
    assert not is_same_network(flat, _with(flat, turned))
    assert not is_same_network(flat, replace(flat, outputs=(relu.id,)))
    assert is_same_network(flat, fold(flat))


def _block(times: int = 1) -> Architecture:
    """Bottleneck blocks in a row, in single layers."""
    bottleneck = block_type("bottleneck_block").create({"filters": 8, "use_bias": True})
    image = block_type("Input").create({"shape": (16, 16, 32)})
    nodes = (Node("image", image), Node("block", bottleneck, ("image",), repeat=times))
    return flattened(Architecture("net", nodes))


def _with(architecture: Architecture, *nodes: Node, **changes: object) -> Architecture:
    by_id = {node.id: node for node in nodes}
    kept = tuple(by_id.pop(node.id, node) for node in architecture)
    return replace(architecture, nodes=(*kept, *by_id.values()), **changes)


def test_a_block_with_other_settings_is_found() -> None:
    assert [node.block.type_name() for node in fold(_block())] == ["Input", "bottleneck_block"]


def test_one_setting_that_no_parameter_reaches_keeps_all_apart() -> None:
    flat = _block()
    batch = next(n for n in flat if n.block.type_name() == "BatchNormalization")
    other = batch.block.create({**batch.block.values(), "momentum": 0.5})
    assert "bottleneck_block" not in _names(fold(_with(flat, replace(batch, block=other))))


def test_an_inner_output_that_is_read_elsewhere_keeps_them_apart() -> None:
    """The block behind it is found all the same."""
    flat = _block(times=2)
    inner = next(node for node in flat if node.block.type_name() == "Activation")
    end = flat.output_ids[0]
    both = Node("both", block_type("GlobalAveragePooling2D").create({}), (inner.id,))
    assert _names(fold(flat)).count("bottleneck_block") == 1  # repeated
    for changed in (_with(flat, both, outputs=(end, "both")), _with(flat, outputs=(end, inner.id))):
        folded = fold(changed)
        assert [n.repeat for n in folded if n.block.type_name() == "bottleneck_block"] == [1]
        assert inner.id in folded


def test_an_output_in_the_middle_is_kept() -> None:
    """The end of a block may be read by anybody."""
    flat = _block()
    more = Node("more", block_type("Flatten").create({}), (flat.output_ids[0],))
    folded = fold(_with(flat, more, outputs=(flat.output_ids[0], "more")))
    assert _names(folded) == ["Input", "bottleneck_block", "Flatten"]
    assert folded.outputs == ("bottleneck_block_1", "more")


def test_several_outputs_keep_their_names() -> None:
    """Losses, metrics and labels find each by its name, which a module's last layer has not."""
    flat = _block()
    end = replace(flat.by_id[flat.output_ids[0]], name="features")
    more = Node("more", block_type("Flatten").create({}), (end.id,), "flat")
    assert _names(fold(_with(flat, end))) == ["Input", "bottleneck_block"], "one needs no name"
    kept = fold(_with(flat, end, more, outputs=(end.id, "more")))
    assert "bottleneck_block" not in _names(kept)
    assert [kept.by_id[node_id].name for node_id in kept.outputs] == ["features", "flat"]


def test_inputs_in_another_order_are_not_the_same() -> None:
    """Two sides of a sum could be told apart by nobody, but the code would make other layers."""
    flat = _block()
    total = next(node for node in flat if node.block.type_name() == "Add")
    turned = replace(total, inputs=total.inputs[::-1])
    assert "bottleneck_block" not in _names(fold(_with(flat, turned)))


def _names(architecture: Architecture) -> list[str]:
    return [node.block.type_name() for node in architecture]


def test_names_are_those_that_the_layers_share() -> None:
    flat = _block()
    named = [replace(n, name=f"stage_2_part_{k}" if k else "") for k, n in enumerate(flat.nodes)]
    assert [node.name for node in fold(flat.with_nodes(named))] == ["", "stage_2_part"]


def test_layers_with_names_are_not_put_to_repetitions() -> None:
    block = block_type("Conv2D").create({"filters": 3, "padding": "same"})
    image = Node("image", block_type("Input").create({}))
    unnamed = (image, Node("a", block, ("image",)), Node("b", block, ("a",)))
    assert [node.repeat for node in fold(Architecture("net", unnamed))] == [1, 2]
    named = (image, Node("a", block, ("image",), "first"), Node("b", block, ("a",), "second"))
    assert fold(Architecture("net", named)).nodes == named


def test_a_linear_activation_vanishes_inside_of_a_module_only() -> None:
    linear = block_type("Activation").create({"activation": "linear"})
    flat = _block()
    total = next(node for node in flat if node.block.type_name() == "Add")
    idle = Node("idle", linear, (total.inputs[1],))
    place = flat.index(total.id)
    changed = replace(total, inputs=(total.inputs[0], "idle"))
    nodes = (*flat.nodes[:place], idle, changed, *flat.nodes[place + 1 :])
    assert _names(fold(flat.with_nodes(nodes))) == ["Input", "bottleneck_block"]
    alone = Architecture("net", (flat.nodes[0], Node("idle", linear, (flat.nodes[0].id,))))
    assert fold(alone) == alone


def test_what_is_read_twice_or_given_is_not_put_to_a_repetition() -> None:
    first, then = (
        block_type("Conv2D").create({"filters": filters, "padding": "same"}) for filters in (3, 4)
    )
    image = Node("image", block_type("Input").create({}))
    nodes = (
        *(image, Node("a", first, ("image",)), Node("b", first, ("a",))),
        *(Node("c", then, ("b",)), Node("d", then, ("c",))),
    )
    given = fold(Architecture("net", nodes, ("a", "d")))
    assert [(node.id, node.repeat) for node in given][1:] == [("a", 1), ("b", 1), ("c", 2)]
    assert given.outputs == ("a", "c")
    other = Node("e", first, ("a",))
    read = fold(Architecture("net", (*nodes, other), ("d", "e")))
    assert [(n.id, n.repeat) for n in read][1:] == [("a", 1), ("b", 1), ("c", 2), ("e", 1)]
