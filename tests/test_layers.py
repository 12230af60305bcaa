"""Imports point one way: from what is above to what is below, and never in a circle."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import assistant

PACKAGE = Path(assistant.__file__).parent
LINES = (
    "types errors settings leaving audit",
    "text lexicon numerals prompts sheets",
    "corpus passages facts",
    "encoders store",
    "retrieve question",
    "answer",
    "building request assistant survey",
    "takeaway cluster",
    "doctor evaluation ui http",
    "cli",
)
LINE = {room: number for number, line in enumerate(LINES) for room in line.split()}
SOURCES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def room_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(path):
    """The rooms that a file imports from, for types alone or late ones included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            names = [a.name for a in node.names]
            if parts[0] == "assistant":
                yield from [parts[1]] if parts[1:] else [n for n in names if n in LINE]
        elif isinstance(node, ast.Import):
            yield from [a.name.split(".")[1] for a in node.names if a.name.startswith("assistant.")]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_imports_only_from_its_own_line_and_those_above(path):
    wrong = {room for room in imported_rooms(path) if LINE[room] > LINE[room_of(path)]}
    assert not wrong


def test_no_two_rooms_import_each_other():
    graph = {}
    for path in SOURCES:
        graph.setdefault(room_of(path), set()).update(set(imported_rooms(path)) - {room_of(path)})
    assert len(list(TopologicalSorter(graph).static_order())) == len(LINE)


def test_every_import_is_absolute():
    relative = [
        str(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []
