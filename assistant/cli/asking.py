"""``ask``, ``search``, ``chat``, ``serve`` and ``password``."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.output import explain, note, say, write_json, write_line
from assistant.cli.render import render_answer, render_hits
from assistant.cli.session import AsJson, Periods, Provinces, Session, Years, command
from assistant.cli.takeaway import Exports, exports, write_exports
from assistant.errors import QuestionError, SettingsError
from assistant.takeaway.exchange import Exchange

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.settings import Settings

_QUIT = ("/quit", "/exit", "/q")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, "ask", example="shengwen ask 那山东呢？ --history 福建全社会研发投入打算增长多少？")(_ask)
    command(app, "search", example="shengwen search 揭榜挂帅 -k 5 --province 山东")(_search)
    command(app, "chat", example="shengwen chat")(_chat)
    command(app, "serve", example="shengwen serve --port 8080 --auth editor:secret")(_serve)
    command(app, "password", example="shengwen password editor")(_password)


def _ask(
    session: Session,
    question: Annotated[str, typer.Argument(help="What you want to know, in Chinese or English.")],
    *,
    history: Annotated[list[str] | None, typer.Option(help="An earlier question; repeat, oldest first.")] = None,
    province: Provinces = None,
    period: Periods = None,
    year: Years = None,
    export: Exports = None,
    as_json: AsJson = False,
) -> None:
    """Answer one question with citations. 回答一个问题，附逐字引文。"""
    files = exports(export)
    with session.assistant() as a:
        answer = a.ask(question, history or (), province, year, period)
        write_json(answer.to_dict()) if as_json else render_answer(answer, a)
        if files:
            write_exports([Exchange(answer, tuple(history or ()))], files, a)


def _search(
    session: Session,
    query: Annotated[str, typer.Argument(help="What to look for.")],
    *,
    k: Annotated[int, typer.Option("-k", help="How many passages at most.")] = 10,
    province: Provinces = None,
    period: Periods = None,
    year: Years = None,
    as_json: AsJson = False,
) -> None:
    """Rank the passages that speak of something. 检索相关段落。"""
    with session.assistant() as a:
        hits = a.search(query, k, province, year, period)
        write_json({"query": query, "hits": [h.to_dict() for h in hits]}) if as_json else render_hits(hits, a)


def _chat(session: Session, *, export: Exports = None) -> None:
    """Ask and ask on, in the terminal: follow-ups are understood. 在终端里连续提问。"""
    files = exports(export)
    with session.assistant() as a:
        a.warm()
        answered: list[Exchange] = []
        try:
            _converse(a, answered)
        finally:  # an interrupted conversation is exported too
            write_exports(answered, files, a)


def _converse(assistant: Assistant, answered: list[Exchange]) -> None:
    """Read questions until the input ends; what cannot be answered is told, and the conversation goes on."""
    asked: list[str] = []
    shown = sys.stdin.isatty()
    if shown:
        with contextlib.suppress(ImportError):  # editing of the line, where the system has it
            import readline  # noqa: F401
        write_line(say("直接提问；/new 另起话题，/quit 退出。", "Ask away; /new forgets the topic, /quit leaves."))
    while (line := _read(say("问> ", "> ") if shown else "")) is not None and line not in _QUIT:
        if line == "/new":
            asked.clear()
        elif line:
            try:
                answer = assistant.ask(line, asked)
            except QuestionError as e:
                note(explain(e))
                continue
            answered.append(Exchange(answer, tuple(asked)))
            asked.append(line)
            render_answer(answer, assistant)
            write_line()
            sys.stdout.flush()


def _read(prompt: str) -> str | None:
    try:
        return input(prompt).strip()
    except EOFError:
        return None


def _serve(
    session: Session,
    *,
    host: Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 takes a free one.", show_default="7860")] = None,
    auth: Annotated[list[str] | None, typer.Option(help="USER:PASSWORD; may be repeated.")] = None,
    mcp: Annotated[bool, typer.Option("--mcp", help="MCP tools too.")] = False,
    allow_upload: Annotated[
        bool | None,
        typer.Option("--allow-upload", help="Readers of the page may change the corpus.", show_default="off"),
    ] = None,
    report: Annotated[
        list[Path] | None, typer.Option(help="A folder that `eval --out` wrote, to be shown; may be repeated.")
    ] = None,
) -> None:
    """Open the chat page and the HTTP API. 打开网页问答与接口服务。"""
    users = [tuple(one.partition(":")[::2]) for one in auth or ()]
    if any(not user or not password for user, password in users):
        raise typer.BadParameter("give USER:PASSWORD", param_hint="--auth")
    reports = tuple(report) if report else None
    settings = session.settings(host=host, port=port, allow_upload=allow_upload, reports=reports)
    if not (users or settings.users or settings.tokens or _is_local(settings.host)):
        _warn_of_open_door(settings)
    with session.assistant(settings) as a:
        from assistant.http import serve

        a.warm()
        serve(a, settings.host, settings.port, auth=users, mcp=mcp, announce=_announce)  # type: ignore[arg-type]


def _warn_of_open_door(settings: Settings) -> None:
    host = settings.host
    note(
        say(
            f"注意：凡能访问 {host} 的人都可以提问并阅读全部语料；要设密码请用 --auth，或设置中的 [users]。",
            f"note: whoever reaches {host} may ask and read all documents; --auth, or [users] in the settings, sets "
            "passwords.",
        )
    )
    if settings.allow_upload:
        note(
            say(
                f"注意：凡能访问 {host} 的人都可以改动语料。",
                f"note: whoever reaches {host} may change the corpus, too.",
            )
        )


def _is_local(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return host == "localhost"


def _password(
    session: Session,
    name: Annotated[str, typer.Argument(help="Whose it is.")],
    *,
    token: Annotated[bool, typer.Option("--token", help="Make a token for a program instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hash a password, or make a token, for the settings of `serve`. 生成密码散列或访问令牌。"""
    from assistant.http.passwords import hash_password, make_token

    if token:
        shown, kept = make_token()
    else:
        shown, kept = "", hash_password(_typed())
    table = "tokens" if token else "users"
    if as_json:
        write_json({"table": table, "name": name, "kept": kept, "token": shown or None})
        return
    write_line(f"[{table}]\n{json.dumps(name, ensure_ascii=False)} = {json.dumps(kept)}")
    if token:
        note(say(f"令牌（只显示这一次）：{shown}", f"the token, shown this once: {shown}"))


def _typed() -> str:
    """A password that is not seen: typed twice, or from a pipe.

    :raises SettingsError: nothing was given.
    """
    if not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n")
    else:
        given = str(typer.prompt(say("密码", "Password"), hide_input=True, confirmation_prompt=True, err=True))
    if not given:
        raise SettingsError("the password is empty: type one, or send it through a pipe")
    return given


def _announce(address: str) -> None:
    note(say(f"省问已就绪：{address}（Ctrl-C 结束）", f"ShengWen is ready: {address} (Ctrl-C ends it)"))
