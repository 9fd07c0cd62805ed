"""What the Design page derives from a network: rows, figures, tables, candidates, help texts."""

import csv
import io
import re

import pytest

from builder.blocks.catalogue import catalogue
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network import edits
from builder.network.architecture import Architecture
from builder.network.inference import infer
from components.board.state import palette
from components.design import docs, layers_table, markup, numbers
from components.design.document_bar import file_stem
from components.design.labels import literal, sentence
from components.design.layer_rows import layers_csv
from components.design.wiring import candidates

SMALL = TEMPLATES["small_residual"].architecture


def plain(*blocks) -> Architecture:
    return stack("net", block("Input", shape=(32, 32, 3)), *blocks)


def figure_text(architecture: Architecture, node: str) -> str:
    figures = numbers.figures(infer(architecture).nodes[node])
    return "\n".join(f"{f.value} {f.label}{f.detail}; {f.note}" for f in figures)


def table_html(architecture: Architecture, opened: frozenset[str] | None = None) -> str:
    table = layers_table.layer_table(architecture, opened)
    return f"{table['head']}{''.join(table['rows'])}<tfoot>{table['foot']}</tfoot>"


def test_params_say_where_they_come_from() -> None:
    text = figure_text(plain(block("Conv2D", 64)), "conv2d_1")
    assert "1,792 params = (3·3·3+1)·64; kernel 3×3×3×64, bias 64" in text
    assert "1.6 M MACs = 1,728 weights · 30×30" in text
    assert "3×3 receptive field, one every pixel" in text


def test_repetitions_add_up_in_words() -> None:
    text = figure_text(plain((block("residual_block", 32), 3)), "residual_block_1")
    first, later = 896 + 9_248 + 128, 2 * 9_248
    assert f"{first + 2 * later:,} params = {first:,} + 2 × {later:,}" in text


def test_multiply_accumulates_say_where_they_come_from() -> None:
    enlarged = plain(block("Conv2DTranspose", 8, strides=2), block("Flatten"), block("Dense"))
    text = figure_text(enlarged, "conv2d_transpose_1")
    assert "= 96 weights · 32×32" in text, "those of its input"
    assert "MACs = 327,680 weights, used once" in figure_text(enlarged, "dense_1")


def test_moving_statistics_are_named() -> None:
    text = figure_text(plain(block("BatchNormalization")), "batch_normalization_1")
    assert "12 params = 4·3; gamma 3, beta 3, moving_mean 3, moving_variance 3" in text
    assert "6 of them moving statistics, not trained" in text


def test_a_separable_convolution_is_compared_where_one_decides() -> None:
    architecture = plain(
        block("Conv2D", 64, use_bias=False), block("Conv2D", 64, use_bias=False, padding="same")
    )
    (found,) = numbers.alternatives(infer(architecture).nodes["conv2d_2"])
    assert found.params == 4_672
    assert found.words == "7.9× fewer params, 7.9× fewer MACs"
    assert found.formula == "3·3·64 + 64·64"
    assert numbers.alternatives(infer(SMALL).nodes["dense_1"]) == []


def test_the_number_of_a_long_name_stands_apart_so_that_it_is_never_cut() -> None:
    html = markup.largest_list(infer(SMALL))
    assert "<span>residual_block</span><span>_3</span>" in html
    named = edits.rename(SMALL, "residual_block_3", "top")
    assert "<span>top</span><span></span>" in markup.largest_list(infer(named))


def test_a_network_without_parameters_has_no_list_of_them() -> None:
    assert markup.largest_list(infer(plain())) == ""
    assert "Where the parameters are" in markup.largest_list(infer(SMALL))


def test_the_layer_table_lists_the_inner_layers_and_the_totals() -> None:
    html = table_html(SMALL)
    inference = infer(SMALL)
    assert html.count("<tr") == 1 + 7 + 15 - 1 + 1, "head, nodes, inner layers, totals"
    assert "297,697" in html.partition("<tfoot>")[2]
    assert f"{inference.num_layers} layers" in html


def test_the_layers_are_saved_with_exact_figures() -> None:
    rows = list(csv.DictReader(io.StringIO(layers_csv(SMALL, None))))
    assert len(rows) == 7 + 15 - 1
    outer, inner = rows[2], rows[3]
    assert outer["node"] == "residual_block_1"
    assert [outer[name] for name in ("inside", "block", "repeat")] == ["", "residual_block", "1"]
    assert [inner["node"], inner["inside"]] == ["residual_block_1", "Conv2D"]
    nodes = [row for row in rows if not row["inside"]]
    assert sum(int(row["params"]) for row in nodes) == infer(SMALL).total_params
    assert sum(int(row["macs"]) for row in nodes) == infer(SMALL).macs
    broken = edits.add(plain(block("Flatten")), block("Conv2D"))
    unknown = list(csv.DictReader(io.StringIO(layers_csv(broken, frozenset()))))[-1]
    assert [unknown[name] for name in ("output", "params", "macs", "receptive_field")] == [""] * 4


def test_the_layer_table_says_why_a_figure_is_unknown() -> None:
    broken = edits.add(plain(block("Flatten")), block("Conv2D"))
    html = table_html(edits.add(broken, block("ReLU")))
    conv, relu = html.partition("<tfoot>")[0].split("<tr")[-2:]
    unknown = 'class="cs-unknown" title="'
    assert conv.count(f"{unknown}Conv2D expected an image") == 5
    assert relu.count(f"{unknown}What it reads has no shape yet.") == 5
    assert 'title="0">·<' in table_html(plain(block("Flatten"))), "known to be none"


def test_the_layer_table_unfolds_what_is_unfolded_in_the_stack() -> None:
    folded = table_html(SMALL, frozenset())
    assert folded.count("<tr") == 1 + 7 + 1, "head, nodes, totals"
    assert "297,697" in folded.partition("<tfoot>")[2]
    one = table_html(SMALL, frozenset(["residual_block_3"]))
    assert one.count('class="cs-inside"') == 4
    assert "MaxPooling2D" not in one, "the other blocks stay folded"


def test_what_a_person_wrote_is_not_markup() -> None:
    hostile = edits.rename_architecture(SMALL, "<script>alert(1)</script>")
    for html in (table_html(hostile), markup.profile(hostile)):
        assert "<script" not in html
    assert literal("a_b*[x](y)") == r"a\_b\*\[x\]\(y\)"


@pytest.mark.parametrize("name", catalogue())
def test_every_block_has_a_help_text_with_its_parameters(name: str) -> None:
    text = docs.help_text(catalogue()[name])
    assert text.startswith(catalogue()[name].summary())
    for parameter in catalogue()[name].parameters():
        assert f"`{parameter.name}`" in text
    assert not re.search(r"^    ", text, re.MULTILINE), "an indented line would show as code"


def test_the_palette_holds_the_whole_catalogue() -> None:
    assert [b["block"] for c in palette({}) for b in c["blocks"]] == list(catalogue())


def test_candidates_that_fit_come_first_and_the_nearest_of_them() -> None:
    architecture = plain(
        block("Conv2D", 8, padding="same"),
        block("Conv2D", 16, padding="same"),
        block("Activation"),
        block("Add"),
    )
    found = candidates(architecture, "add_1", ("activation_1",))
    assert [(c.node, not c.misfit) for c in found] == [
        ("conv2d_2", True),
        ("conv2d_1", False),
        ("input_1", False),
    ]
    assert found[0].label == "conv2d_2  32×32×16"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("My net", "My_net"),
        ("../größe?", "größe"),
        ("…", "network"),
        ("con", "con_network"),
        ("COM1", "COM1_network"),
        ("console", "console"),
    ],
)
def test_a_document_gives_its_files_a_name_that_every_system_takes(name: str, stem: str) -> None:
    assert file_stem(name) == stem


def test_a_sentence_has_a_capital_and_a_full_stop() -> None:
    assert sentence("connect it") == "Connect it."
    assert sentence("") == ""


def test_a_sentence_keeps_the_name_that_it_begins_with() -> None:
    assert sentence("learning_rate: received 'x'") == "learning_rate: received 'x'."
    assert sentence("seed: received -1") == "seed: received -1."
    assert sentence("conv2d_1 has no input") == "conv2d_1 has no input."
