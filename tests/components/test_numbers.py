"""Numbers are written in the browser as by Python: both are held to one table of examples."""

import json

from components.scripts import FRONTEND
from components.shell import format as fmt

VALUES = (0, 0.05, 0.69314, 2.30258, 9.94, 9.95, 12.3456, 59.7, 1234.56, 3725, 90_000, 0.000012)
TABLE = FRONTEND / "tests" / "numbers.json"


def written(value: float) -> dict[str, float | str]:
    return {
        "value": value,
        "metric": fmt.metric(value),
        "duration": fmt.duration(value),
        "rate": fmt.rate(value),
        "count": fmt.count(int(value)),
        "size": fmt.size(int(1e6 * value)),
    }


def test_the_examples_that_the_browser_is_held_to_are_those_of_python() -> None:
    assert json.loads(TABLE.read_text(encoding="utf-8")) == [written(value) for value in VALUES]
