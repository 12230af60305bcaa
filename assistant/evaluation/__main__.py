"""``python -m assistant.evaluation``: the benchmark for those who work on the program; ``shengwen eval`` for the rest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from assistant.assistant import Assistant
from assistant.errors import AssistantError
from assistant.evaluation.running import run_set


def main() -> int:
    """Run and print; 1 for a known failure."""
    parser = argparse.ArgumentParser(prog="python -m assistant.evaluation")
    parser.add_argument("--set", type=Path, required=True)
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--type", action="append", default=[])
    parser.add_argument("--systems", default="full")
    parser.add_argument("--store", type=Path)
    parser.add_argument("--failures", action="store_true")
    options = parser.parse_args()
    try:
        report = run_set(
            Assistant.open(store=options.store),
            options.set,
            systems=options.systems.split(","),
            split=options.split,
            types=tuple(options.type),
        )
    except AssistantError as e:
        sys.stderr.write(f"{e}\n")
        return 1
    sys.stdout.write(report.render(failures=options.failures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
