"""The command ``shengwen``: all commands in one place, and every failure as one line and an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from assistant import __version__
from assistant.cli.asking import add_to as add_asking
from assistant.cli.checks import add_to as add_checks
from assistant.cli.indexing import add_to as add_indexing
from assistant.cli.output import explain, note, prepare_streams, use_language
from assistant.cli.tables import add_to as add_tables
from assistant.cli.takeaway import add_to as add_takeaway
from assistant.errors import AssistantError

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130

_BY_NAME: dict[str, type[BaseException]] = {c.__name__: c for c in typer.BadParameter.__mro__}
# Typer's own errors are click's, which later versions of Typer carry inside themselves under a private name.
_UsageError, _ClickException = _BY_NAME["UsageError"], _BY_NAME["ClickException"]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"shengwen {__version__}")
        raise typer.Exit()


def _app() -> typer.Typer:
    app = typer.Typer(name="shengwen", no_args_is_help=True, add_completion=False, rich_markup_mode=None)

    @app.callback(epilog="Example: shengwen ask 山东2022年高新技术企业目标是多少？")
    def root(
        version: Annotated[
            bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")
        ] = False,
    ) -> None:
        """省问 ShengWen: ask government work reports, get the exact excerpt that carries the answer."""

    for add in (add_asking, add_indexing, add_tables, add_takeaway, add_checks):
        add(app)
    return app


app = _app()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status and never raises for what a user can do.

    0 done; 1 a known failure, told in one line; 2 wrong usage; 130 interrupted. ``--debug`` shows tracebacks.
    """
    given = [_as_utf8(a) for a in (sys.argv[1:] if arguments is None else arguments)]
    prepare_streams()
    use_language(given)
    debug = "--debug" in given
    try:
        status = _run(given)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except AssistantError as e:
        if debug:
            raise
        note(explain(e))
        return FAILED


def _as_utf8(argument: str) -> str:
    """The argument as typed, where the locale (``C``) took its UTF-8 for bytes of no meaning."""
    try:
        argument.encode()
        return argument
    except UnicodeEncodeError:
        return os.fsencode(argument).decode("utf-8", "surrogateescape")


def _run(arguments: list[str]) -> int:
    try:
        status: Any = app(arguments, prog_name="shengwen", standalone_mode=False)
    except typer.Abort:
        return INTERRUPTED
    except SystemExit as e:  # how Typer ends when whoever reads the output has gone
        return e.code if isinstance(e.code, int) else FAILED
    except _ClickException as e:
        return _wrong_usage(e)
    return status if isinstance(status, int) else 0


def _wrong_usage(error: Any) -> int:
    message = str(error.format_message()).strip()
    if not message or type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(message, err=True)
        return WRONG_USAGE
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "shengwen"
    note(explain(f"{' '.join(message.split()).rstrip('.')}: see `{path} --help`"))
    return WRONG_USAGE if isinstance(error, _UsageError) else FAILED


def _reader_left() -> int:
    """Whoever read the output has left (``| head``): nobody is to be told, not even when the interpreter flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED
