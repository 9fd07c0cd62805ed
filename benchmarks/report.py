"""How a figure is taken and printed: medians, with what was aimed at beside them."""

import statistics
import time
from collections.abc import Callable


def median_seconds(action: Callable[[], object], times: int) -> float:
    """The median time that an action takes, in seconds."""
    return statistics.median(seconds(action) for _ in range(times))


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes, in seconds."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def milliseconds(seconds: float) -> str:
    """A time span, in milliseconds."""
    return f"{seconds * 1e3:.2f} ms"


def judged(seconds: float, aim: float) -> tuple[str, str, bool]:
    """A time span beside its aim, in seconds, as `line` takes them behind the name."""
    return f"{seconds:.2f} s", f"< {aim} s", seconds < aim


def line(name: str, value: str, aim: str = "", met: bool | None = None) -> None:
    """Prints one figure; `met` says whether the aim was reached."""
    verdict = "" if met is None else ("  ok" if met else "  MISSED")
    print(f"  {name:<72} {value:>16}   {f'aim: {aim}' if aim else '':<24}{verdict}", flush=True)


def heading(text: str) -> None:
    """Prints a section's title."""
    print(f"\n{text}", flush=True)
