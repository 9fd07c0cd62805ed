"""The gallery's files and code: what a template exports is looked at before it changes."""

import re
from difflib import unified_diff

import pytest

from builder.codegen.keras.script import to_script
from builder.files.architecture_file import from_json, to_json
from builder.gallery import TEMPLATES
from tests.app_server import ROOT

GOLDEN = ROOT / "tests" / "golden"
BASES = {
    "plain34": "resnet18",
    "resnet34": "resnet18",
    "resnet101": "resnet50",
    "resnet152": "resnet50",
    "densenet169": "densenet121",
    "densenet201": "densenet121",
    "nasnet_large": "nasnet_mobile",
    "vgg16_cifar10": "vgg16",
    "vgg16_cifar100": "vgg16",
    "vgg19": "vgg16",
    "vgg19_cifar10": "vgg16",
} | {f"efficientnet_b{number}": "efficientnet_b0" for number in range(1, 8)}
"""Templates that differ from another one by repeats and sizes: their golden files hold the
difference to its script alone."""

gallery = pytest.mark.parametrize("name", TEMPLATES)


def golden_file(name: str) -> str:
    return f"{name}.diff" if name in BASES else f"{name}.py"


def golden_text(name: str) -> str:
    """What a template's golden file has to hold: its script, or the lines that are others."""
    script = to_script(TEMPLATES[name].architecture)
    base = BASES.get(name)
    if base is None:
        return script
    lines = to_script(TEMPLATES[base].architecture).splitlines(keepends=True)
    names = (f"{base}.py", f"{name}.py")
    return "".join(unified_diff(lines, script.splitlines(keepends=True), *names, n=0))


@gallery
def test_the_exported_script_is_the_golden_one(name: str, pytestconfig: pytest.Config) -> None:
    path = GOLDEN / golden_file(name)
    text = golden_text(name)
    if pytestconfig.getoption("--update-goldens"):
        path.write_text(text, "utf-8")
    assert path.exists(), f"{path.name} is missing: pytest --update-goldens writes it"
    assert text == path.read_text("utf-8"), "pytest --update-goldens takes the change over"


def test_each_golden_file_belongs_to_a_template() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(map(golden_file, TEMPLATES))


def test_the_scripts_that_others_are_compared_with_have_golden_files_of_their_own() -> None:
    assert not set(BASES.values()) & set(BASES)


@gallery
def test_the_file_gives_the_same_template(name: str) -> None:
    template = TEMPLATES[name]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name), "as the command line takes it"
    assert template.architecture.name == template.name == name
    assert from_json(to_json(template.architecture)) == template.architecture
