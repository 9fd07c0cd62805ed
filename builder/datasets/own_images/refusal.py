"""Why images are refused, on its way from the process that reads them to the app: as JSON."""

import json
from typing import Any, cast

from builder.datasets.own_images.data_codes import DataCode, StoredCode
from builder.datasets.own_images.file_codes import ArchiveCode, ArrayCode
from builder.system.errors import ErrorCode, Problem
from builder.system.sentences import SentenceCode

_ENUMS: dict[str, type[SentenceCode]] = {
    enum.__name__: enum for enum in (DataCode, StoredCode, ArchiveCode, ArrayCode)
}


def write(problem: Problem) -> str:
    """Writes a problem; of one without a code of images only the words."""
    return json.dumps(_plain(problem), default=lambda number: number.item())  # NumPy's numbers


def read(text: str) -> Problem:
    """Reads what `write` wrote."""
    return _problem(json.loads(text))


def _plain(problem: Problem) -> dict[str, Any]:
    enum = type(problem.code).__name__
    if enum not in _ENUMS:
        return {"message": problem.message, "fix": problem.fix}
    fields = {
        name: _plain(value) if isinstance(value, Problem) else value
        for name, value in problem.fields.items()
    }
    return {"enum": enum, "code": problem.code.name, "fields": fields}


def _problem(plain: dict[str, Any]) -> Problem:
    if "enum" not in plain:
        return Problem(ErrorCode.TEXT, plain)
    fields = {
        name: _problem(cast(dict[str, Any], value)) if isinstance(value, dict) else value
        for name, value in plain["fields"].items()
    }
    return Problem(_ENUMS[plain["enum"]][plain["code"]], fields)
