"""What the tests of trust share: their marker, and the counts that are printed at their end."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from killing import AFTER, Forker, build, clear, told
from small import open_small
from store_fakes import corpus

_HERE = Path(__file__).parent
COUNTS = pytest.StashKey[Counter[str]]()


def pytest_collection_modifyitems(items):
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.trust)


@pytest.fixture(scope="session")
def tally(request):
    """Counts by name; whoever did something adds to it."""
    return request.config.stash.setdefault(COUNTS, Counter())


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A folder in memory where there is one: a killed process leaves the same there, without the wait for a disk."""
    if not Path("/dev/shm").is_dir():
        yield tmp_path_factory.mktemp("room")
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def forker(room):
    made = Forker(room / "tmp")
    yield made
    made.close()


@pytest.fixture(scope="module")
def whole(room):
    folder = room / "whole"
    build(folder, corpus())
    return folder


@pytest.fixture(scope="module")
def answers(whole, forker, room):
    """What each change's store answers before and after it, and in how many steps and seconds it is made."""
    out = {}
    for work in AFTER:
        folder = room / "store"
        if work != "first":
            shutil.copytree(whole, folder)
        before = told(folder)
        ended = forker.change(folder, work)
        assert (ended["signal"], ended["status"]) == (0, 0)
        out[work] = before, told(folder), ended["steps"], ended["seconds"]
        assert out[work][1][0] == AFTER[work]
        clear(folder)
    return out


@pytest.fixture
def store(tmp_path):
    """A store over a few small reports."""
    opened = open_small(tmp_path / "store")
    opened.close()
    return tmp_path / "store"


@pytest.fixture
def cases(request):
    """How many cases, times a few: of the slow tests 20,000 in all."""
    return 20 if request.param == "few" else 500


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    room = tmp_path_factory.mktemp("small")
    limits = {"questions_per_minute": 0, "feedback_per_minute": 0}
    opened = open_small(room / "store", feedback=room / "feedback.jsonl", **limits)
    opened.ask("What is the target for high-tech enterprises?")  # what English needs is loaded at its first question
    yield opened
    opened.close()


def pytest_terminal_summary(terminalreporter, config):
    if counts := config.stash.get(COUNTS, None):
        terminalreporter.section("trust")
        for name, n in sorted(counts.items()):
            terminalreporter.write_line(f"{name}: {n}")
