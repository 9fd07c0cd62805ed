"""The Studies page, driven without a browser."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from builder.studies.conductor import conduct
from builder.studies.study import Study
from components.table import Column, Row
from tests.components.driven import button, opened, texts
from tests.studies.fake_trainings import ask


class Table:
    """Stands in for the component: keeps what it was given and does what a person would."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.columns: list[Column] = []
        self.opens = ""

    def __call__(
        self, columns: Sequence[Column], rows: Sequence[Row], *, label: str, key: str
    ) -> str:
        self.columns = list(columns)
        self.rows = {row.id: row for row in rows}
        opened, self.opens = self.opens, ""
        return opened


def finished(home: Path, seeds: int = 8, **options: str) -> Study:
    study = ask(home, seeds=seeds, **options)
    conduct(study.folder, 0)
    return study


def open_page(**query: str) -> AppTest:
    return opened("studies", **query)


def linked(at: AppTest) -> list[str]:
    """The labels of the links on the page."""
    return [link.proto.label for link in at.get("page_link")]  # pyright: ignore


def has_button(at: AppTest, key: str) -> bool:
    return button(at, key) is not None


def field(kind: Any, name: str) -> Any:
    return next(w for w in kind if str(w.key).endswith(f":{name}"))


def has_refusal(at: AppTest) -> bool:
    return 'class="cs-field-error"' in texts(at)
