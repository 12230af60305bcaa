"""``--export``, ``verify-bundle`` and ``feedback``: what leaves the program, and what comes back about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import explain, language, note, opened, say, write_json, write_line
from assistant.cli.render import render_table
from assistant.cli.session import AsJson, Session, command
from assistant.errors import BundleError, StoreError, StoreMissing

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.store import Store
    from assistant.takeaway.exchange import Exchange
    from assistant.takeaway.export import Format
    from assistant.takeaway.feedback import Entry

Exports = Annotated[
    list[Path] | None,
    typer.Option("--export", help="Write FILE.md, FILE.docx or FILE.json (a bundle) too; may be repeated."),
]


class Thumb(StrEnum):
    """Which entries of feedback."""

    up = "up"
    down = "down"


Verdicts = Annotated[Thumb | None, typer.Option("--verdict", help="Only these.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, "verify-bundle", example="shengwen verify-bundle answers.json")(_verify)
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(
        group,
        name="feedback",
        help="What readers thought of answers. 读者的反馈。",
        epilog="Example: shengwen feedback list",
    )
    command(group, "list", example="shengwen feedback list --verdict down")(_list)
    command(group, "export", example="shengwen feedback export --out cases.jsonl")(_export)


def exports(files: Sequence[Path] | None) -> dict[Path, Format]:
    """The files to write with their formats, known before anything is asked.

    :raises typer.BadParameter: a name that ends in none of them.
    """
    from assistant.takeaway.export import FORMATS

    out: dict[Path, Format] = {}
    for file in files or ():
        form = next((f for f in FORMATS if file.suffix.lower() == f".{f}"), None)
        if form is None:
            raise typer.BadParameter(f"{file.name!r} ends in none of .md, .docx, .json", param_hint="--export")
        out[file] = form
    return out


def write_exports(exchanges: Sequence[Exchange], files: dict[Path, Format], assistant: Assistant) -> None:
    """Write the exchanges into each file; none are no failure, for a conversation may hold no answer.

    :raises SettingsError: a file cannot be written.
    """
    from assistant.takeaway.export import export

    for file, form in files.items():
        if not exchanges:
            note(say(f"没有回答可以导出：{file}", f"no answer to export: {file}"))
            continue
        made = export(exchanges, form, source=assistant, accessed=date.today(), language=language())
        with opened(file) as f:
            f.write(made.data)
        note(say(f"已导出：{file}", f"exported: {file}"))


def _verify(
    session: Session,
    file: Annotated[Path, typer.Argument(help="A bundle, as --export FILE.json writes it.", show_default=False)],
    *,
    as_json: AsJson = False,
) -> int:
    """Check a bundle: hashes, markers, figures, and quotes against the store. 核验答案包。"""
    from assistant.takeaway.verify import verify_bundle

    data = _bytes(file)
    store = _store(session)
    try:
        report = verify_bundle(data, store)
    finally:
        if store is not None:
            store.close()
    if as_json:
        write_json({"file": str(file), **report.to_dict(language())})
    else:
        for line in report.lines(language()):
            write_line(line)
    return 0 if report.is_whole else 1


def _bytes(file: Path) -> bytes:
    from assistant.takeaway.kept import MAX_BYTES

    try:
        with file.open("rb") as f:
            return f.read(MAX_BYTES + 1)
    except OSError as e:
        raise BundleError(f"cannot read {str(file)!r}: {e.strerror or e}; name a file that --export wrote") from None


def _store(session: Session) -> Store | None:
    """The store of this machine, if it has one that can be read; nothing is built, and no model is needed.

    :raises StoreError: a store that was named with --store cannot be opened.
    """
    from assistant.store import Store

    try:
        return Store.open(session.settings().store_dir)
    except StoreMissing:
        if session.store is not None:
            raise
    except StoreError as e:
        if session.store is not None:
            raise
        note(explain(e))
    return None


def _list(session: Session, *, verdict: Verdicts = None, as_json: AsJson = False) -> None:
    """Show the feedback that readers gave. 列出读者的反馈。"""
    from dataclasses import asdict

    from assistant.takeaway.feedback import label

    file = session.settings().feedback_file
    entries = _entries(file, verdict)
    if as_json:
        write_json({"file": str(file), "entries": [asdict(e) for e in entries]})
        return
    columns = ("time", "verdict", "reason", "status", "question", "comment", "id")
    rows = [
        (
            e.time,
            say("赞", "up") if e.verdict == "up" else say("踩", "down"),
            label(e.verdict, e.reason, language()),
            e.answer.get("status"),
            e.question,
            e.comment,
            e.id,
        )
        for e in entries
    ]
    render_table(columns, rows)


def _export(
    session: Session,
    *,
    out: Annotated[Path | None, typer.Option(help="Write to this file.", show_default="stdout")] = None,
    verdict: Verdicts = None,
    as_json: AsJson = False,
) -> None:
    """Write feedback as cases of a question set. 把反馈导出为评测题。"""
    import json

    from assistant.takeaway.bundle import escape_halves
    from assistant.takeaway.cases import TO_COMPLETE, build_cases

    entries = _entries(session.settings().feedback_file, verdict)
    store = _store(session)
    try:
        cases = build_cases(entries, store)
    finally:
        if store is not None:
            store.close()
    if out is not None or not as_json:
        lines = "".join(f"{json.dumps(case, ensure_ascii=False)}\n" for case in cases)
        with opened(out) as f:
            f.write(escape_halves(lines).encode())
    open_cases = sum(TO_COMPLETE in case["answers"] for case in cases)
    if as_json:
        told: dict[str, Any] = {"out": str(out)} if out is not None else {"questions": cases}
        write_json({"cases": len(cases), "to_complete": open_cases} | told)
    elif out is not None:
        chinese = f"已写入 {len(cases)} 题，其中 {open_cases} 题待人工填写：{out}"
        note(say(chinese, f"cases written: {len(cases)}, of these to be completed by a person: {open_cases}: {out}"))


def _entries(file: Path, verdict: Thumb | None) -> list[Entry]:
    from assistant.takeaway.feedback import read_feedback

    entries, problems = read_feedback(file)
    for problem in problems:
        note(problem)
    if not entries:
        note(say(f"还没有反馈：{file}", f"there is no feedback yet: {file}"))
    return [e for e in entries if verdict is None or e.verdict == verdict.value]
