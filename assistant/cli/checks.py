"""``eval``, ``bench`` and ``doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli.output import progress, say, write_json, write_line
from assistant.cli.session import AsJson, Session, command


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, "bench", example="shengwen bench --only cold,warm")(_bench)
    command(app, "doctor", example="shengwen doctor")(_doctor)


def _bench(
    session: Session,
    *,
    only: Annotated[str | None, typer.Option(help="Parts: cold, warm, build, 1e3, 1e5, 1e6; or keys.")] = None,
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
        write_line(f"{key}\t{value}")


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
