"""templates, summary and export, as a shell sees them."""

import json
import os
import sys
from pathlib import Path

import pydot
import pytest
from typer.testing import CliRunner

from builder.actions.exports import FORMATS
from builder.codegen.diagram import images
from builder.codegen.diagram.dot import to_dot
from builder.command_line import app
from builder.command_line.summary import summary_rows
from builder.files.architecture_file import to_json
from builder.gallery import TEMPLATES
from builder.gallery.template import block
from builder.network.architecture import Architecture
from builder.network.edits import add, remove
from builder.network.inference import infer
from builder.system import helper_process

runner = CliRunner()


def test_templates_are_listed_one_a_line_with_the_name_first():
    result = runner.invoke(app, ["templates"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(TEMPLATES)


def test_summary_as_json_has_the_documented_fields():
    result = runner.invoke(app, ["summary", "small_residual", "--json", "--layers"])
    content = json.loads(result.stdout)
    assert result.exit_code == 0
    assert content["input_shape"] == [32, 32, 3]
    assert content["output_shapes"] == [[1]]
    assert content["total_params"] == content["trainable_params"] == 297_697
    fields = {"id", "block", "output_shape", "params", "macs", "activation_bytes"}
    assert all(fields | {"receptive_field", "issues"} <= node.keys() for node in content["nodes"])
    assert content["layers"][0] == {"class": "InputLayer", "output_shape": [32, 32, 3], "params": 0}
    assert sum(layer["params"] for layer in content["layers"]) == 297_697
    assert sum(node["macs"] for node in content["nodes"]) == content["macs"]


def test_summary_of_a_broken_network_says_where_on_standard_error(tmp_path: Path):
    broken = add(TEMPLATES["small_residual"].architecture, block("Conv2D", 8, 3))
    path = tmp_path / "broken.json"
    path.write_text(to_json(broken), encoding="utf-8")
    result = runner.invoke(app, ["summary", str(path), "--json"])
    assert result.exit_code == 1
    assert "conv2d_1: Conv2D expected an image" in result.stderr
    node = json.loads(result.stdout)["nodes"][-1]
    assert node["output_shape"] is None
    assert node["issues"][0]["level"] == "error"
    assert summary_rows(infer(broken))[-1][2:] == ("?", "–", "–")


def test_an_architecture_comes_through_a_pipe(monkeypatch: pytest.MonkeyPatch):
    reader, writer = os.pipe()
    os.write(writer, to_json(TEMPLATES["lenet5"].architecture).encode())
    os.close(writer)
    result = runner.invoke(app, ["summary", f"/dev/fd/{reader}"])
    os.close(reader)
    assert (result.exit_code, "61,706 params" in result.stdout) == (0, True), result.stderr

    monkeypatch.setattr("builder.command_line.shared._MAX_PIPED", 10)
    reader, writer = os.pipe()
    os.write(writer, b"x" * 11)
    os.close(writer)
    result = runner.invoke(app, ["summary", f"/dev/fd/{reader}"])
    os.close(reader)
    assert result.exit_code == 1
    assert "received more than 10 bytes through a pipe" in result.stderr


@pytest.mark.parametrize("arguments", [["templates"], ["summary", "lenet5"]])
def test_a_reader_that_goes_away_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], arguments: list[str]
):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        with pytest.raises(SystemExit) as ended:
            app(arguments)
    assert ended.value.code == 141
    assert capfd.readouterr().err == ""


def test_every_format_of_the_page_is_one_of_the_command() -> None:
    told = runner.invoke(app, ["export", "--help"]).stdout
    words = "".join(told.replace("│", "").split())  # whatever the width of the terminal
    for one in FORMATS.values():
        assert "".join(f"{one.name}: {one.about}".split()) in words
    wrong = runner.invoke(app, ["export", "lenet5", "--to", "gif", "-o", "x"])
    refused = "".join(wrong.stderr.replace("│", "").split())
    assert f"'gif'isnotoneof{','.join(FORMATS)}" in refused


@pytest.mark.parametrize(
    ("to", "start"),
    [("keras", '"""'), ("model-code", '"""'), ("json", "{"), ("dot", "digraph")],
)
def test_export_writes_the_file(tmp_path: Path, to: str, start: str):
    path = tmp_path / "exported"
    result = runner.invoke(app, ["export", "mini_xception", "--to", to, "-o", str(path)])
    assert result.exit_code == 0
    assert path.read_text(encoding="utf-8").startswith(start)


@pytest.mark.parametrize(("to", "start"), [("json", b"{"), ("png", b"\x89PNG")])
def test_a_dash_is_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str, start: bytes
):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "exported"
    runner.invoke(app, ["export", "lenet5", "--to", to, "-o", str(path)])
    result = runner.invoke(app, ["export", "lenet5", "--to", to, "-o", "-"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout_bytes.startswith(start)
    assert result.stdout_bytes == path.read_bytes()
    assert list(tmp_path.iterdir()) == [path]


def test_a_diagram_can_show_what_is_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "net.dot"
    arguments = ["export", "small_residual", "--to", "dot", "--layers", "-o", str(path)]
    assert runner.invoke(app, arguments).exit_code == 0
    assert path.read_text(encoding="utf-8").count("subgraph") == 3
    monkeypatch.setattr("builder.command_line.architectures.MAX_BOXES", 20)
    refused = runner.invoke(app, arguments)
    assert refused.exit_code == 1
    assert "more than 20 boxes" in refused.stderr


def test_an_exported_json_file_is_read_back(tmp_path: Path):
    path = tmp_path / "net.json"
    runner.invoke(app, ["export", "vgg16_cifar10", "--to", "json", "-o", str(path)])
    result = runner.invoke(app, ["summary", str(path), "--json"])
    assert json.loads(result.stdout)["total_params"] == 33_638_218


def test_a_network_with_errors_is_not_exported_as_a_script(tmp_path: Path):
    broken = tmp_path / "broken.json"
    template = TEMPLATES["small_residual"].architecture
    broken.write_text(to_json(remove(template, ["input_1"])), encoding="utf-8")
    target = tmp_path / "out.py"
    result = runner.invoke(app, ["export", str(broken), "--to", "keras", "-o", str(target)])
    assert result.exit_code == 1
    assert "the network cannot be exported yet" in result.stderr
    assert not target.exists()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["summary", "no_such"], 2, "'no_such' is no template"),
        (["summary", ""], 2, "'' is no template"),
        (["export", "small_residual", "--to", "gif", "-o", "x"], 2, "'gif' is not one of"),
        (
            ["export", "small_residual", "--to", "dot", "-o", "/no/such/folder/x"],
            2,
            "cannot be written",
        ),
        (["train", "small_residual", "--dataset", "foo"], 2, "dataset: received 'foo'"),
        (
            ["train", "small_residual", "--epochs", "-3"],
            2,
            "epochs: received -3, expected a whole number from 1 to 100,000",
        ),
        (
            ["train", "small_residual", "--batch-size", "many"],
            2,
            "batch_size: received 'many', expected a whole number from 1 to 65,536",
        ),
        (
            ["train", "small_residual", "--value-range", "dark", "255"],
            2,
            "received 'dark', expected a number",
        ),
        (
            ["resume", "run", "--epochs", "-3"],
            2,
            "received '-3', expected a whole number of at least 0",
        ),
        (["resume", "run", "--learning-rate", "0"], 2, "received '0', expected a number above 0"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_wrong_usage_ends_with_a_sentence(arguments: list[str], status: int, message: str):
    result = runner.invoke(app, arguments)
    assert result.exit_code == status
    told = " ".join(result.stderr.replace("│", " ").split())
    assert message in told
    assert "Traceback" not in result.output


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[]", b'{"format": 1}', b"[" * 100_000])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "damaged.json"
    path.write_bytes(content)
    result = runner.invoke(app, ["summary", str(path)])
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")


def test_an_empty_network_has_an_error(tmp_path: Path):
    path = tmp_path / "empty.json"
    path.write_text(to_json(Architecture("empty")), encoding="utf-8")
    result = runner.invoke(app, ["summary", str(path)])
    assert result.exit_code == 1
    assert "the network is empty; add an Input, then layers" in result.stderr


def test_a_notebook_has_the_cells_of_the_script(tmp_path: Path):
    path = tmp_path / "net.ipynb"
    result = runner.invoke(app, ["export", "lenet5", "--to", "notebook", "-o", str(path)])
    assert result.exit_code == 0, result.stderr
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert any("def build_model" in "".join(cell["source"]) for cell in cells)


def test_a_picture_is_drawn_without_an_installed_graphviz(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "/no/such/folder")
    path = tmp_path / "diagram.svg"
    result = runner.invoke(app, ["export", "small_residual", "--to", "svg", "-o", str(path)])
    assert result.exit_code == 0, result.stderr
    assert path.read_bytes().startswith(b"<?xml")


def test_what_cannot_be_drawn_ends_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(images, "MAX_BYTES", 0)
    monkeypatch.setattr(helper_process, "POLL_SECONDS", 0.001)
    path = tmp_path / "diagram.png"
    result = runner.invoke(app, ["export", "small_residual", "--to", "png", "-o", str(path)])
    assert result.exit_code == 1
    assert "needs more than 0 GB of memory to draw" in result.stderr
    assert "Traceback" not in result.output
    assert not path.exists()


@pytest.mark.parametrize("to", [one.name for one in FORMATS.values() if one.needs_sound])
def test_a_broken_network_is_exported_as_no_kind_of_model(tmp_path: Path, to: str):
    broken = tmp_path / "broken.json"
    template = TEMPLATES["small_residual"].architecture
    broken.write_text(to_json(remove(template, ["input_1"])), encoding="utf-8")
    target = tmp_path / "out"
    result = runner.invoke(app, ["export", str(broken), "--to", to, "-o", str(target)])
    assert result.exit_code == 1
    assert "the network cannot be exported yet" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["broken.json"]


def test_pydot_reads_a_diagram_with_its_nodes_and_edges():
    for template in (TEMPLATES[name] for name in ("small_residual", "unet")):
        graphs = pydot.graph_from_dot_data(to_dot(infer(template.architecture)))
        assert graphs is not None
        graph = graphs[0]
        drawn = {node.get_name().strip('"') for node in graph.get_nodes()}
        assert {node.id for node in template.architecture} <= drawn, template.name
        edges = sum(len(node.inputs) for node in template.architecture)
        outputs = len(template.architecture.output_ids)
        assert len(graph.get_edges()) == edges + outputs, template.name
