"""Models that Keras saved, as the argument of a command."""

from pathlib import Path

from typer.testing import CliRunner

from builder.command_line import app
from tests.importers.files import archive, functional, image, layer, text

runner = CliRunner()

MODEL = functional(
    image(8, 8, 3),
    layer("Conv2D", "conv", "image", filters=4, kernel_size=[3, 3]),
    layer("Attention", "looks", "conv"),
    layer("Flatten", "flat", "looks", dtype="float16"),
    name="small",
)


def test_a_model_is_summed_up_and_what_it_lost_is_reported(tmp_path: Path) -> None:
    for name, content in (("m.keras", archive(text(MODEL))), ("m.json", text(MODEL))):
        path = tmp_path / name
        path.write_bytes(content)
        result = runner.invoke(app, ["summary", str(path)])
        assert result.exit_code == 0
        assert "112 params" in result.stdout
        assert "left out: looks (Attention): the catalogue has no such layer" in result.stderr
        assert "changed: flat (Flatten): it works in float16" in result.stderr


def test_a_model_is_exported(tmp_path: Path) -> None:
    path, output = tmp_path / "m.keras", tmp_path / "m.py"
    path.write_bytes(archive(text(MODEL)))
    result = runner.invoke(app, ["export", str(path), "--to", "keras", "-o", str(output)])
    assert result.exit_code == 0
    assert 'layers.Conv2D(4, 3, name="conv")' in output.read_text(encoding="utf-8")


def test_a_hostile_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(archive(text(functional(image(), layer("Lambda", "f", "image")))))
    result = runner.invoke(app, ["summary", str(path)])
    assert result.exit_code == 1
    assert "which carries code of its own" in result.stderr
