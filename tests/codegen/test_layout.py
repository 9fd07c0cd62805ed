"""Long statements are broken exactly as ruff's formatter breaks them."""

import random
import subprocess
import sys
from pathlib import Path

from builder.codegen.keras.layout import INDENT, WIDTH, lay_out

NUMBER = 600


def name(source: random.Random) -> str:
    return "n" * source.randint(1, source.choice((3, 12, 40, 64)))


def value(source: random.Random, depth: int = 0) -> str:
    """A number, a string, a name, a tuple, a list or a call, one within the other."""
    kind = source.randint(0, 6 if depth < 2 else 3)
    if kind <= 1:
        return str(source.randint(0, 99_999))
    if kind == 2:
        return '"' + source.choice("sé([, ") * source.randint(0, 30) + '"'
    if kind == 3:
        return name(source)
    if kind == 6:
        return f"regularizers.L1L2(l1={source.random()}, l2={source.random()})"
    items = [value(source, depth + 1) for _ in range(source.choice((1, 2, 3, 20)))]
    inner = ", ".join(items)
    return f"[{inner}]" if kind == 5 else f"({inner},)" if len(items) == 1 else f"({inner})"


def arguments(source: random.Random) -> str:
    positional = [value(source) for _ in range(source.randint(0, 2))]
    named = [f"{name(source)}{i}={value(source)}" for i in range(source.randint(0, 5))]
    return ", ".join(positional + named)


def statement(source: random.Random) -> str:
    kind = source.randrange(6)
    if kind == 0:
        items = ", ".join(value(source) for _ in range(source.choice((1, 3, 20))))
        return f"for a, b in [{items}]:"
    if kind == 1:
        return f"return keras.Model({arguments(source)})"
    if kind == 2:
        inputs = ", ".join(name(source) for _ in range(source.choice((2, 3, 20))))
        return f"{name(source)} = layers.Concatenate({arguments(source)})([{inputs}])"
    if kind == 3:
        return f"{name(source)} = block({arguments(source)})"
    return f"{name(source)} = layers.Conv2D({arguments(source)})({name(source)})"


def test_random_statements_are_left_alone_by_ruff(tmp_path: Path) -> None:
    source = random.Random(1)
    lines = ["def f():"]
    broken = 0
    for _ in range(NUMBER):
        depth, text = source.choice((1, 2)), statement(source)
        laid_out = lay_out(text, depth)
        broken += "\n" in laid_out
        lines += [f"{INDENT}if x:"] if depth == 2 else []
        lines += [laid_out]
        lines += [f"{INDENT * (depth + 1)}pass"] if text.startswith("for") else []
    path = tmp_path / "statements.py"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    options = ["--isolated", "--no-cache", "--line-length", str(WIDTH)]
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--diff", *options, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[:2_000]
    assert broken > NUMBER / 4, "most statements fit on one line: nothing was tested"


def test_what_fits_stays() -> None:
    assert lay_out("x = f(a, b)") == "    x = f(a, b)"
    assert lay_out("x = f()(a)", 0) == "x = f()(a)"


def test_at_the_edge() -> None:
    fits = f"x = f({'a' * (WIDTH - 11)})"
    assert len(lay_out(fits)) == WIDTH
    assert "\n" not in lay_out(fits)
    assert lay_out(fits.replace("x", "xy")).splitlines()[0] == "    xy = f("
