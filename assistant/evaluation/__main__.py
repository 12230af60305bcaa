"""``python -m assistant.evaluation``: the benchmark for those who work on the program; ``shengwen eval`` for the rest."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from assistant.assistant import Assistant
from assistant.errors import AssistantError
from assistant.evaluation.checking import check_set
from assistant.evaluation.running import Request, evaluate
from assistant.evaluation.writing import plain


def main() -> int:
    """Run and print; 1 for a known failure or, with ``--check``, for a label that does not hold."""
    options = _parser().parse_args()
    try:
        assistant = Assistant.open(store=options.store)
        if options.check:
            problems = check_set(assistant, options.set)
            sys.stdout.write("".join(f"{problem}\n" for problem in problems) or "all labels hold\n")
            return 1 if problems else 0
        request = Request(
            set=options.set,
            squad=options.squad,
            beir=options.beir,
            run=options.run,
            qrels=options.qrels,
            systems=tuple(options.systems.split(",")),
            split=options.split,
            types=tuple(options.type),
            out=options.out,
        )
        report = evaluate(assistant, request)
    except AssistantError as e:
        sys.stderr.write(f"{e}\n")
        return 1
    if options.json:
        sys.stdout.write(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(plain(report, with_failures=options.failures))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m assistant.evaluation")
    for name in ("set", "squad", "beir", "run", "qrels", "out", "store"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--type", action="append", default=[], help="only questions of this type; may be repeated")
    parser.add_argument("--systems", default="full")
    parser.add_argument("--failures", action="store_true", help="print each failed question with what was answered")
    parser.add_argument("--check", action="store_true", help="check the labels of a question set instead")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
