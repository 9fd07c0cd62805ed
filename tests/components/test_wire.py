"""What Python and the browser share is written into TypeScript."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import pytest
from pydantic import BaseModel, Field

from builder.runs.run_state import RunState
from builder.runs.status import RunStatus
from components.board.operation import operation_types
from components.board.payload import SomeOf
from components.run_events import StateTold, told_state
from scripts.wire import FOLDER, MODULES, Module, typescript


@pytest.mark.parametrize("name", MODULES)
def test_the_browser_has_the_types_of_python(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == typescript(MODULES[name]), "run `python -m scripts.wire`"


def test_nothing_else_claims_to_be_generated() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(MODULES)


def test_a_state_is_told_as_its_type_says() -> None:
    told = told_state(RunState(RunStatus.RUNNING, epoch=2, epochs=4, batch=5, batches=10))
    assert set(told) == {field.name for field in fields(StateTold)}
    assert told["share"] == 0.375


def test_every_operation_is_written_with_its_kind() -> None:
    text = typescript(MODULES["board.ts"])
    for kind in operation_types():
        name = kind.model_fields["op"].default
        assert f'export interface {kind.__name__} {{\n  n: number;\n  op: "{name}";\n' in text


class Inner(TypedDict):
    """An inner one."""

    id: str


class Sample(TypedDict):
    """All kinds of values.

    And what is not told on.
    """

    number: float | None
    kind: Literal["a", 1]
    pair: tuple[int, Inner]
    many: Sequence[bool | str]
    rows: Mapping[str, list[Inner]]
    left: NotRequired[Any]


class Checked(BaseModel):
    kind: Literal["checked"] = "checked"
    state: RunStatus
    count: Annotated[int, Field(ge=0, alias="number")]
    words: str | None = None
    some: Annotated[dict[str, Any], SomeOf(Inner)]


def test_types_are_written_as_json_holds_their_values() -> None:
    text = typescript(Module(types=(Sample,), constants={"ALL": ("number[]", (1, 2))}))
    assert text.partition("\n\n")[2] == (
        "/** An inner one. */\n"
        "export interface Inner {\n  id: string;\n}\n\n"
        "/** All kinds of values. */\n"
        "export interface Sample {\n"
        "  number: number | null;\n"
        '  kind: "a" | 1;\n'
        "  pair: [number, Inner];\n"
        "  many: (boolean | string)[];\n"
        "  rows: Record<string, Inner[]>;\n"
        "  left?: unknown;\n"
        "}\n\n"
        "export const ALL: number[] = [1, 2];\n"
    )


def test_models_of_pydantic_are_written_too() -> None:
    text = typescript(Module(types=(Checked,)))
    assert (
        "export interface Checked {\n"
        '  kind: "checked";\n'
        "  state: RunStatus;\n"
        "  number: number;\n"
        "  words?: string | null;\n"
        "  some: Partial<Inner>;\n"
        "}"
    ) in text
    assert 'export type RunStatus = "queued" | "starting" |' in text


def test_what_json_cannot_hold_is_refused() -> None:
    class Holder(TypedDict):
        """It holds bytes."""

        content: bytes

    with pytest.raises(TypeError, match="received <class 'bytes'>, expected a type whose"):
        typescript(Module(types=(Holder,)))
