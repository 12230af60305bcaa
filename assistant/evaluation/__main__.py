"""``python -m assistant.evaluation``: the benchmark for those who work on the program; ``shengwen eval`` for the rest."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.assistant import Assistant
from assistant.errors import AssistantError
from assistant.evaluation.checking import check_set
from assistant.evaluation.floors import below_floors
from assistant.evaluation.generated import generate, material_of
from assistant.evaluation.probing import probe
from assistant.evaluation.publishing import publish, results_dir, update_readmes
from assistant.evaluation.running import Request, evaluate
from assistant.evaluation.writing import plain
from assistant.settings import load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; 1 for a known failure, a label that does not hold, or a value below its floor."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings(store=options.store)
        if options.readme is not None:
            update_readmes(options.readme, options.publish or results_dir())
            return 0
        if options.generated:
            return _generated(Assistant.open(settings=settings), options.generated, options.seed)
        if options.check:
            problems = check_set(Assistant.open(settings=settings), options.set)
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
        report = evaluate(settings, request)
        if options.publish is not None:
            publish(report, options.publish)
        low = below_floors(report, options.floors) if options.floors else ()
    except AssistantError as e:
        sys.stderr.write(f"{e}\n")
        return 1
    if options.json:
        sys.stdout.write(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(plain(report, with_failures=options.failures))
    sys.stderr.write("".join(f"{line}\n" for line in low))
    return 1 if low else 0


def _generated(assistant: Assistant, n: int, seed: int) -> int:
    """Ask made-up questions and print what their answers break; 1 if anything."""
    found = probe(assistant, generate(material_of(assistant), n, seed))
    sys.stdout.write(found.plain())
    return 1 if found.broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m assistant.evaluation")
    for name in ("set", "squad", "beir", "run", "qrels", "out", "store", "floors"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--publish", type=Path, help="write the measures there, as SET-COMMIT.json with its pages")
    parser.add_argument("--readme", type=Path, help="no run: write the newest results into this folder's READMEs")
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--type", action="append", default=[], help="only questions of this type; may be repeated")
    parser.add_argument("--systems", default="full")
    parser.add_argument("--failures", action="store_true", help="print each failed question with what was answered")
    parser.add_argument("--check", action="store_true", help="check the labels of a question set instead")
    parser.add_argument("--generated", type=int, metavar="N", help="ask N made-up questions and print broken promises")
    parser.add_argument("--seed", type=int, default=0, help="of the made-up questions: another seed, other questions")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
