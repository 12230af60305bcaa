"""What the tests of trust share: their marker, and the counts that are printed at their end."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

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


def pytest_terminal_summary(terminalreporter, config):
    if counts := config.stash.get(COUNTS, None):
        terminalreporter.section("trust")
        for name, n in sorted(counts.items()):
            terminalreporter.write_line(f"{name}: {n}")
