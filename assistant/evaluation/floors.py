"""Bounds that a report must keep, read from a TOML file: how a part that stopped working is noticed at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from assistant.errors import EvalDataError
from assistant.evaluation.report import Report

_TABLES = ("at_least", "at_most")


def read_floors(path: Path) -> dict[str, dict[str, dict[str, float]]]:
    """``at_least`` and ``at_most`` → system → measure → bound.

    :raises EvalDataError: the file cannot be read, or holds something else.
    """
    try:
        with path.open("rb") as f:
            whole = tomllib.load(f)
    except OSError as e:
        raise EvalDataError(f"cannot read {str(path)!r} ({e.strerror}): name a file that exists") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise EvalDataError(f"{path} is not valid TOML: {e}") from None
    unknown = [key for key in whole if key not in (*_TABLES, "set")]
    if unknown:
        raise EvalDataError(f"{path}: unknown key {unknown[0]!r}: use set, {' and '.join(_TABLES)}")
    return {
        table: {system: _bounds(path, system, row) for system, row in whole.get(table, {}).items()} for table in _TABLES
    }


def _bounds(path: Path, system: str, row: Any) -> dict[str, float]:
    for measure, bound in row.items() if isinstance(row, dict) else ((system, row),):
        if isinstance(bound, bool) or not isinstance(bound, int | float) or not isinstance(row, dict):
            raise EvalDataError(f"{path}: the bound of {measure!r} is {bound!r}: write a number under a system's name")
    return {measure: float(bound) for measure, bound in row.items()}


def below_floors(report: Report, path: Path) -> tuple[str, ...]:
    """Every bound that the report does not keep, in words; a system or measure that it lacks keeps none.

    :raises EvalDataError: the file is wrong.
    """
    values = {result.name: result.values() for result in report.results}
    out = []
    for table, systems in read_floors(path).items():
        for system, bounds in systems.items():
            for measure, bound in bounds.items():
                value = values.get(system, {}).get(measure)
                kept = value is not None and (value >= bound if table == "at_least" else value <= bound)
                if not kept:
                    out.append(f"{system}: {measure} is {value}, not {table.replace('_', ' ')} {bound:g}")
    return tuple(out)
