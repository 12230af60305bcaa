"""``index build``, ``add``, ``remove``, ``list``, ``info``, ``verify``, ``backup`` and ``restore``."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.output import explain, note, progress, say, write_json, write_line
from assistant.cli.render import render_table
from assistant.cli.session import AsJson, Session, command
from assistant.corpus.read import Failure, Intake
from assistant.errors import StoreError, StoreMissing
from assistant.settings import Settings
from assistant.store import Store, backup, open_server, restore, verify
from assistant.store import info as store_info

Paths = Annotated[
    list[Path],
    typer.Argument(help="Files (text, PDF, DOCX, HTML, CSV, XLSX, JSONL, ZIP) or folders.", show_default=False),
]
Province = Annotated[str | None, typer.Option("--province", help="The province of all that is added.")]
Year = Annotated[int | None, typer.Option("--year", min=1900, max=2100, help="The year of the reports added.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    index = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(
        index,
        name="index",
        help="The store: what is searched. 管理索引库。",
        epilog="Example: shengwen index add reports/",
    )
    command(index, "build", example="shengwen index build reports/ --rebuild")(_build)
    command(index, "add", example="shengwen index add 山东省2023年政府工作报告.txt")(_add)
    command(index, "remove", example="shengwen index remove 山东省2023年政府工作报告")(_remove)
    command(index, "list", example="shengwen index list --json")(_list)
    command(index, "info", example="shengwen index info --json")(_info)
    command(index, "verify", example="shengwen index verify")(_verify)
    command(index, "backup", example="shengwen index backup store-2026-11-28.zip")(_backup)
    command(index, "restore", example="shengwen index restore store-2026-11-28.zip")(_restore)


def _build(
    session: Session,
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; else the shipped corpus.")] = None,
    *,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Replace the store; without PATH, of the documents it holds.")
    ] = False,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="ADDRESS", help="Parse and embed on a Ray cluster, or `local`.")
    ] = None,
    province: Province = None,
    year: Year = None,
    as_json: AsJson = False,
) -> int:
    """Make the store of the files named. 建立索引库。"""
    from assistant import building
    from assistant.cluster import connect
    from assistant.encoders import open_model
    from assistant.lexicon import load_lexicon

    settings = session.settings()
    if not rebuild:
        _refuse_loss(settings.store_dir)
    server = open_server(settings)
    chosen = paths or [building.shipped_corpus()]
    intake = Intake(province or "", year, settings.max_file_mb) if paths else None
    failures: Sequence[Failure] = ()
    with contextlib.ExitStack() as opened:
        opened.enter_context(session.changing(settings, "rebuild" if rebuild else "build", map(str, paths or ())))
        report = opened.enter_context(progress())
        lexicon, model = load_lexicon(), open_model(settings, report)
        if cluster:  # a thread of Ray's tells on stdout what one line tells on stderr
            opened.enter_context(contextlib.redirect_stdout(io.StringIO()))
        means: dict[str, Any] = {
            "model": model,
            "server": server,
            "workers": opened.enter_context(connect(cluster, settings, model)) if cluster else None,
            "progress": report,
        }
        if not (rebuild and not paths and building.rebuild_present(settings.store_dir, lexicon, **means)):
            _, failures = building.build(settings.store_dir, chosen, lexicon=lexicon, intake=intake, **means)
    return _report(settings, failures, as_json=as_json)


def _refuse_loss(folder: Path) -> None:
    """:raises StoreError: there is a store, whose documents a build would drop."""
    try:
        with Store.open(folder) as store:
            n = len(store.doc_ids())
    except StoreMissing:
        return
    raise StoreError(
        f"the store {str(folder)!r} holds {n} documents already: use `shengwen index add` to add to them, or `--rebuild` "
        "to replace them"
    )


def _add(
    session: Session, paths: Paths, *, province: Province = None, year: Year = None, as_json: AsJson = False
) -> int:
    """Add files or folders; a document of the same name is replaced. 添加文档。"""
    settings = _existing(session)
    changing = session.changing(settings, "add", map(str, paths))
    with session.assistant(settings) as a, changing, progress() as report:
        failures = a.add(paths, report, province=province, year=year)
    return _report(settings, failures, as_json=as_json)


def _remove(
    session: Session,
    doc_ids: Annotated[list[str], typer.Argument(metavar="DOC_ID...", help="As `index list` shows them.")],
    *,
    as_json: AsJson = False,
) -> int:
    """Remove documents. 移除文档。"""
    settings = _existing(session)
    with session.assistant(settings) as a, session.changing(settings, "remove", doc_ids), progress() as report:
        a.remove(doc_ids, report)
    return _report(settings, (), as_json=as_json)


def _existing(session: Session) -> Settings:
    """The settings, once it is known that there is a store to change: one is not made by the way."""
    settings = session.settings()
    Store.open(settings.store_dir).close()
    return settings


def _report(settings: Settings, failures: Sequence[Failure], *, as_json: bool) -> int:
    """What the store holds now, and what could not be read: then the status is 1, though the rest is done."""
    told = store_info(settings.store_dir)
    for failure in failures:
        note(explain(failure.reason))
    if as_json:
        write_json({
            "store": told["store"],
            "generation": told["generation"],
            "counts": told["counts"],
            "failures": [{"path": f.path, "reason": f.reason} for f in failures],
        })  # fmt: skip
    else:
        counts = told["counts"]
        write_line(
            say(
                "索引库第 {g} 代：{documents} 份文档，{passages} 个段落，{facts} 个数字。",
                "Generation {g} of the store: {documents} documents, {passages} passages, {facts} figures.",
            ).format(g=told["generation"], **counts)
        )
    return 1 if failures else 0


def _list(session: Session, *, as_json: AsJson = False) -> None:
    """List the documents. 列出文档。"""
    with Store.open(session.settings().store_dir) as store:
        documents = store.documents()
    rows = [
        {
            "id": d.id,
            "title": d.title,
            "province": d.province,
            "year": d.year,
            "characters": len(d.text),
            "path": d.path,
        }
        for d in documents
    ]
    if as_json:
        write_json({"documents": rows})
    else:
        render_table(list(rows[0]) if rows else ["id"], [list(row.values()) for row in rows])


def _info(session: Session, *, as_json: AsJson = False) -> None:
    """Say what is indexed, and with which model. 索引库概况。"""
    folder = session.settings().store_dir
    with Store.open(folder) as store:
        told = store_info(folder) | {"provinces": list(store.provinces()), "years": list(store.years())}
    if as_json:
        write_json(told)
        return
    for key, value in told.items():
        write_line(f"{key}: {_plain(value)}")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(v) for v in value) or "-"
    return str(value)


def _verify(session: Session, *, as_json: AsJson = False) -> int:
    """Check every file and span of the store. 核验索引库。"""
    settings = session.settings()
    problems = verify(settings.store_dir, open_server(settings))
    if as_json:
        write_json({"ok": not problems, "problems": problems})
    elif not problems:
        write_line(say("索引库完好。", "The store is whole."))
    for problem in problems:
        note(explain(problem))
    return 1 if problems else 0


def _backup(
    session: Session,
    target: Annotated[Path, typer.Argument(help="A new folder, or a new file that ends in .zip.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Copy the store while it is in use. 备份索引库，不中断服务。"""
    generation = backup(session.settings().store_dir, target)
    if as_json:
        write_json({"backup": str(target), "generation": generation})
    else:
        write_line(say(f"第 {generation} 代已备份到 {target}。", f"Generation {generation} is backed up to {target}."))


def _restore(
    session: Session,
    source: Annotated[Path, typer.Argument(help="What `index backup` wrote.")],
    *,
    as_json: AsJson = False,
) -> int:
    """Bring a backup back as the newest generation; servers change over by themselves. 恢复备份。"""
    settings = session.settings()
    with session.changing(settings, "restore", [str(source)]):
        restore(source, settings.store_dir)
    return _report(settings, (), as_json=as_json)
