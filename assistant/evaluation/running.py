"""One run: the systems on a question set, on a collection, or a TREC run against its qrels."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from assistant.assistant import Assistant
from assistant.errors import EvalDataError
from assistant.evaluation import answering, paragraphs
from assistant.evaluation.collection import read_beir, read_squad
from assistant.evaluation.questions import shipped_set
from assistant.evaluation.ranking import ranking_rows
from assistant.evaluation.report import Question, Report, SystemResult, current_commit
from assistant.evaluation.systems import check_names
from assistant.evaluation.trec import read_qrels, read_run
from assistant.evaluation.writing import write_report
from assistant.settings import Settings
from assistant.types import Progress


@dataclass(frozen=True, slots=True)
class Request:
    """What to evaluate: one of ``set``, ``squad``, ``beir`` or ``run`` with ``qrels``; nothing: the shipped set.

    ``split`` and ``types`` choose questions of a question set; ``out`` is a folder for the report and the runs,
    ``scratch`` one for the stores of collections (else the cache folder).
    """

    set: Path | None = None
    squad: Path | None = None
    beir: Path | None = None
    run: Path | None = None
    qrels: Path | None = None
    systems: tuple[str, ...] = ("full",)
    split: str | None = None
    types: tuple[str, ...] = ()
    out: Path | None = None
    scratch: Path | None = None


def evaluate(given: Assistant | Settings, request: Request, progress: Progress | None = None) -> Report:
    """Run it; with ``request.out``, write ``report.json``, ``report.md``, the runs and the qrels there.

    :param given: an open assistant, or settings to open one with: its store is then opened (built first if there is
        none) for a question set only, which files of other formats and runs do not need.
    :param progress: told the stages of building, then each system's name, how many questions are done, and of how many.
    :raises EvalDataError: several things asked for at once, a wrong file (with its line), or an unknown system.
    :raises AssistantError: the store, the model or the lexicon cannot be used.
    """
    named = [name for name in ("set", "squad", "beir", "run") if getattr(request, name) is not None]
    if len(named) > 1:
        raise EvalDataError(f"--{named[0]} and --{named[1]} are given together: evaluate one at a time")
    if (request.run is None) != (request.qrels is None):
        missing = "run" if request.run is None else "qrels"
        raise EvalDataError(f"--{missing} is missing: a run is judged by qrels, so give both")
    check_names(request.systems)
    report = _evaluate(given, request, progress)
    if request.out is not None:
        write_report(report, request.out)
    return report


def _evaluate(given: Assistant | Settings, request: Request, progress: Progress | None) -> Report:
    if request.run is not None and request.qrels is not None:
        return judge_run(request.run, request.qrels)
    if request.squad is not None or request.beir is not None:
        collection = read_squad(request.squad) if request.squad is not None else read_beir(request.beir or Path())
        settings = given if isinstance(given, Settings) else given.settings
        return paragraphs.evaluate_collection(
            settings, collection, request.systems, scratch=request.scratch, progress=progress
        )
    path = request.set if request.set is not None else shipped_set()
    questions = answering.choose(path, request.split, request.types)  # a wrong set is told before a store is built
    name = path.stem + (f":{request.split}" if request.split else "")
    if not isinstance(given, Settings):
        return answering.evaluate_set(given, questions, request.systems, name=name, progress=progress)
    with contextlib.closing(Assistant.open(settings=given, progress=progress)) as assistant:
        return answering.evaluate_set(assistant, questions, request.systems, name=name, progress=progress)


def judge_run(run_path: Path, qrels_path: Path) -> Report:
    """A run of any system against qrels.

    :raises EvalDataError: a wrong file, or no question in common.
    """
    run, qrels = read_run(run_path), read_qrels(qrels_path)
    if not run.keys() & qrels.keys():
        raise EvalDataError(f"{run_path} and {qrels_path} have no question in common: are they of one collection?")
    rows = ranking_rows(qrels, run)
    questions = _questions(rows)
    result = SystemResult(run_path.stem, questions, run)
    return Report(run_path.name, len(questions), "", (result,), main="nDCG@10", commit=current_commit(), qrels=qrels)


def _questions(rows: dict[str, dict[str, float]]) -> tuple[Question, ...]:
    return tuple(Question(q, {m: (value, 1.0) for m, value in row.items()}) for q, row in rows.items())
