"""``eval``, ``bench`` and ``doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.output import progress, say, write_json, write_line
from assistant.cli.session import AsJson, Session, command


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, "eval", example="shengwen eval --systems full,bm25 --out results/")(_eval)
    command(app, "bench", example="shengwen bench --only cold,warm")(_bench)
    command(app, "doctor", example="shengwen doctor")(_doctor)


def _eval(
    session: Session,
    *,
    questions: Annotated[
        Path | None, typer.Option("--set", help="A question set, JSON lines; else the shipped.")
    ] = None,
    squad: Annotated[Path | None, typer.Option(help="A file in SQuAD's format.", show_default=False)] = None,
    beir: Annotated[Path | None, typer.Option(help="A folder in BEIR's format.", show_default=False)] = None,
    run: Annotated[
        Path | None, typer.Option(help="A TREC run of any system; needs --qrels.", show_default=False)
    ] = None,
    qrels: Annotated[Path | None, typer.Option(help="TREC qrels for --run.", show_default=False)] = None,
    systems: Annotated[str, typer.Option(help="Of full, bm25, dense, hybrid.")] = "full",
    split: Annotated[
        str | None, typer.Option(help="Only this split of a set: dev or test.", show_default=False)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write report, rows and runs here.", show_default=False)] = None,
    failures: Annotated[bool, typer.Option("--failures", help="Show the questions that failed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a benchmark: the shipped questions, or files of your own. 运行评测。"""
    from assistant.evaluation.running import Request, evaluate
    from assistant.evaluation.writing import plain

    names = tuple(name.strip() for name in systems.split(","))
    request = Request(questions, squad, beir, run, qrels, names, split, (), out)
    with session.assistant() as a, progress() as report:
        found = evaluate(a, request, report)
    if as_json:
        write_json(found.to_dict())
    else:
        for line in plain(found, with_failures=failures).splitlines():
            write_line(line)


def _bench(
    session: Session,
    *,
    only: Annotated[
        str | None, typer.Option(help="Parts: cold, warm, build, page, peers, 1e3, 1e5, 1e6; or keys.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure speed, memory and scale on this machine. 测量速度、内存与规模。"""
    from assistant.evaluation.bench import measure

    with progress() as report:
        figures = measure(session.settings(), only.split(",") if only else None, progress=report)
    if as_json:
        write_json(figures)
        return
    for key, value in figures.items():
        each = value if isinstance(value, dict) else {"": value}
        for name, figure in each.items():
            write_line(f"{key}{'.' if name else ''}{name}\t{figure}")


def _doctor(session: Session, *, as_json: AsJson = False) -> int:
    """Check installation, model, store, lexicon and prompts. 检查安装、模型、索引库、词表与提示词。"""
    from assistant.doctor import examine

    findings = examine(session.store, session.config)
    ok = all(f.severity != "error" for f in findings)
    if as_json:
        write_json({"ok": ok, "findings": [f.to_dict() for f in findings]})
    else:
        marks = {"ok": say("正常", "ok"), "warning": say("注意", "warning"), "error": say("错误", "error")}
        for f in findings:
            write_line(f"[{marks[f.severity]}] {f.check}: {f.message}")
            if f.remedy:
                write_line(f"    → {f.remedy}")
    return 0 if ok else 1
