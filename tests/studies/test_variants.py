"""Factors and variants: what is varied, what is refused before any training, what is counted."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network.architecture import Architecture
from builder.network.edits import set_parameters
from builder.network.inference import infer
from builder.network.placing import with_node
from builder.studies.factor import Factor, Subject
from builder.studies.factors import check_factors
from builder.studies.naming import MAX_NAME, node_called, read_factor, variant_name
from builder.studies.problems import VariantCode, problem_text
from builder.studies.variants import (
    BASE,
    Budget,
    Choice,
    Variant,
    combinations,
    drawn,
    keyed,
    one_at_a_time,
    variants,
)
from builder.system.errors import BuilderError, EditError, Problem
from builder.training.settings import TrainingSettings
from builder.transforms.ablation.kinds import PartKind
from builder.transforms.ablation.parts import without
from builder.transforms.scaling import Scaling, scale

NETWORK = TEMPLATES["se_residual_digits"].architecture
SUBJECT = Subject(NETWORK, TrainingSettings())


def factors(*texts: str, network: Architecture = NETWORK) -> list[Factor]:
    return [read_factor(text, network) for text in texts]


def node(kind: str, network: Architecture = NETWORK) -> str:
    return next(n.id for n in network if n.block.type_name() == kind)


def made(
    found: list[Factor], choices: Sequence[Choice], budget: Budget | None = None
) -> list[Variant]:
    return list(variants(SUBJECT, found, keyed(choices), budget or Budget()))


def test_the_base_and_one_part_less_at_a_time() -> None:
    found = factors("without.shortcut", "without.dropout")
    each = made(found, one_at_a_time(SUBJECT, found))
    assert [one.title for one in each] == ["base", "without shortcuts", "without dropout"]
    assert [one.key for one in each] == [BASE, "v001", "v002"]
    assert each[0].architecture == NETWORK
    assert each[1].architecture == without(NETWORK, PartKind.SHORTCUT)
    assert each[0].params == infer(NETWORK).total_params


def test_a_part_is_taken_out_of_the_nodes_that_are_named_and_of_no_other() -> None:
    first, second = (n.id for n in NETWORK if "residual" in n.block.type_name())
    (one,) = factors(f"without.shortcut@{first}")
    (both,) = factors(f"without.shortcut@{first}+{second}")
    assert (one.name, both.name) == (f"shortcuts of {first}", f"shortcuts of {first}, {second}")
    less = one.apply(SUBJECT, False).architecture
    assert less == without(NETWORK, PartKind.SHORTCUT, [first])
    assert less.by_id[second] == NETWORK.by_id[second]
    assert both.apply(SUBJECT, False).architecture == without(
        NETWORK, PartKind.SHORTCUT, [first, second]
    )
    with pytest.raises(EditError, match="'nowhere', which is neither a node"):
        factors("without.shortcut@nowhere")
    with pytest.raises(EditError, match="received 'nothing', expected one of shortcut"):
        factors(f"without.nothing@{first}")


def test_an_id_means_its_node_also_where_a_file_calls_another_one_so() -> None:
    first, second = (node for node in NETWORK if "residual" in node.block.type_name())
    named = with_node(NETWORK, replace(second, name=first.id))
    assert node_called(named, first.id) == first.id
    named = with_node(NETWORK, replace(second, name="mine"))
    assert node_called(named, "mine") == second.id


def test_all_combinations_begin_with_the_base() -> None:
    conv = node("conv_bn_relu")
    found = factors(f"{conv}.filters=8,16,32", "learning_rate=0.001,0.01")
    each = made(found, combinations(SUBJECT, found))
    assert len(each) == 6
    assert [one.key for one in each].count(BASE) == 1
    assert each[0].key == BASE
    assert {(one.settings.learning_rate) for one in each} == {0.001, 0.01}


def test_each_factor_changes_what_it_names() -> None:
    conv = node("conv_bn_relu")
    texts = {
        f"{conv}.filters=32": ("architecture", set_parameters(NETWORK, conv, {"filters": 32})),
        "scaling.width=2": ("architecture", scale(NETWORK, Scaling(width=2.0))),
        "optimizer=SGD": ("optimizer", "SGD"),
        "schedule=CosineDecay": ("schedule", "CosineDecay"),
        "batch_size=64": ("batch_size", 64),
    }
    for text, (what, expected) in texts.items():
        (factor,) = factors(text)
        applied = factor.apply(SUBJECT, factor.choices()[0])
        if what == "architecture":
            assert applied.architecture == expected
        else:
            value = getattr(applied.settings, what)
            assert getattr(value, "name", value) == expected
        assert factor.base(applied) == factor.choices()[0] or text.startswith("scaling")


def test_a_setting_of_a_choice() -> None:
    subject = Subject(NETWORK, TrainingSettings.create({"optimizer": {"name": "SGD"}}))
    (factor,) = factors("optimizer.momentum=0.8,0.9")
    assert factor.base(subject) == 0.0
    assert factor.apply(subject, 0.9).settings.values()["optimizer"]["momentum"] == 0.9


def test_another_block_in_a_nodes_place_keeps_its_id_and_what_both_have() -> None:
    network = stack(
        "net",
        block("Input", shape=(8, 8, 3)),
        block("Conv2D", 8, padding="same", activation="relu"),
        block("GlobalAveragePooling2D"),
        block("Dense", 10, activation="softmax"),
    )
    (factor,) = factors("conv2d_1.block=Conv2D,SeparableConv2D", network=network)
    subject = Subject(network, TrainingSettings())
    assert factor.base(subject) == "Conv2D"
    changed = factor.apply(subject, "SeparableConv2D").architecture.by_id["conv2d_1"].block
    assert changed.type_name() == "SeparableConv2D"
    assert changed.values()["filters"] == 8
    assert changed.values()["activation"] == "relu"


@pytest.mark.parametrize(
    "text",
    [
        "nowhere.filters=8",
        "conv_bn_relu_1.nothing=8",
        "scaling.height=2",
        "without.head",
        "conv_bn_relu_1.filters",
        "seed=1,2",
        "device=cpu",
        "learning_rate.x.y=1",
    ],
)
def test_factors_that_vary_nothing_are_refused(text: str) -> None:
    def vary() -> None:
        (factor,) = factors(text)
        check_factors(SUBJECT, [factor])
        factor.apply(SUBJECT, factor.choices()[0])

    with pytest.raises(BuilderError):
        vary()


def test_a_part_that_is_not_there_is_told() -> None:
    (factor,) = factors("without.augmentation")
    with pytest.raises(EditError, match="has no augmentation to take out"):
        factor.apply(SUBJECT, False)


def test_broken_variants_are_not_trained_and_say_why() -> None:
    conv = node("conv_bn_relu")
    found = factors(f"{conv}.filters=8,-3", f"{node('Dense')}.units=10,12")
    each = {one.title: one for one in made(found, one_at_a_time(SUBJECT, found))}
    assert each[f"{conv}.filters -3"].architecture is None
    assert "filters" in problem_text(each[f"{conv}.filters -3"].problem)
    assert each[f"{node('Dense')}.units 12"].problem == Problem(VariantCode.OTHER_OUTPUT)
    assert each["base"].is_trained


def test_the_budget_is_hard() -> None:
    conv = node("conv_bn_relu")
    found = factors(f"{conv}.filters=8,256")
    limit = infer(NETWORK).total_params + 100
    each = made(found, one_at_a_time(SUBJECT, found), Budget(params=limit))
    big = each[-1]
    assert big.params is not None
    assert big.params > limit
    assert not big.is_trained
    fields = {"cost": "params", "received": big.params, "limit": limit}
    assert big.problem == Problem(VariantCode.OVER_BUDGET, fields)
    assert f"{limit:,}" in problem_text(big.problem)


def test_what_gives_the_same_is_trained_once() -> None:
    found = factors("optimizer=Adam,SGD", "learning_rate=0.001,0.01")
    choices = ({}, {0: "SGD"}, {0: "SGD", 1: 0.001}, {1: 0.01})
    each = made(found, choices)
    assert [one.is_trained for one in each] == [True, True, False, True]
    assert each[2].problem == Problem(VariantCode.SAME, {"key": "v001", "title": "optimizer SGD"})


def test_draws_are_repeatable_and_lie_in_their_ranges() -> None:
    found = factors("learning_rate=log:1e-4..1e-1", f"{node('conv_bn_relu')}.filters=4..64")
    first = drawn(SUBJECT, found, 20, seed=3)
    assert first == drawn(SUBJECT, found, 20, seed=3)
    assert first != drawn(SUBJECT, found, 20, seed=4)
    assert first[0] == {}
    assert len(first) == 21
    rates = [levels[0] for levels in first[1:] if 0 in levels]
    assert all(1e-4 <= rate <= 1e-1 for rate in rates)
    assert sum(rate < 10**-2.5 for rate in rates) > 3  # evenly by their logarithms
    assert all(type(levels[1]) is int for levels in first[1:] if 1 in levels)


def test_fewer_draws_where_there_are_not_so_many() -> None:
    found = factors("batch_size=16,32")
    assert len(drawn(SUBJECT, found, 50, seed=0)) == 2


def test_far_too_many_variants_are_refused_at_once() -> None:
    found = factors("learning_rate=0.0..1.0:100", "batch_size=1..100")
    with pytest.raises(EditError, match="10,000 variants"):
        combinations(SUBJECT, found)


def test_a_broken_network_has_no_study() -> None:
    broken = Subject(Architecture("empty"), TrainingSettings())
    with pytest.raises(EditError, match="the network has errors"):
        check_factors(broken, factors("batch_size=16,32"))


def test_the_name_of_a_variant_tells_it_apart_however_long_the_network_s_is() -> None:
    assert variant_name("lenet5", "without dropout") == "lenet5 without dropout"
    long = "A network " * 12
    names = {variant_name(long, title, ": ") for title in ("base", "without dropout", "2× depth")}
    assert len(names) == 3
    assert all(len(name) <= MAX_NAME for name in names)
    assert all(name.startswith("A network A network") for name in names)
    assert variant_name(long, "x" * 100) == f"{long[:19]}… {'x' * 58}…"
