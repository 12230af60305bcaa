"""What every command shares: its common options, and the facade opened with them."""

from __future__ import annotations

import functools
import getpass
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from assistant.cli.output import progress
from assistant.settings import Settings, load_settings
from assistant.store.layout import read_current

if TYPE_CHECKING:
    from assistant.assistant import Assistant

Provinces = Annotated[list[str] | None, typer.Option("--province", "-p", help="Only this province; may be repeated.")]
Periods = Annotated[
    list[str] | None, typer.Option("--period", help="Only review, plan, review_5y or plan_5y; may be repeated.")
]
Years = Annotated[list[int] | None, typer.Option("--year", "-y", help="Only this year; may be repeated.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]

_COMMON = {
    "store": Annotated[Path | None, typer.Option(help="The store's folder (or SHENGWEN_STORE).", show_default=False)],
    "config": Annotated[Path | None, typer.Option(help="Settings; else shengwen.toml here.", show_default=False)],
    "debug": Annotated[bool, typer.Option("--debug", help="Show tracebacks.")],
}


@dataclass(frozen=True, slots=True)
class Session:
    """The common options of one command."""

    store: Path | None = None
    config: Path | None = None

    def settings(self, **options: Any) -> Settings:
        """:raises SettingsError: a wrong setting anywhere."""
        return load_settings(self.config, store=self.store, **options)

    @contextmanager
    def changing(self, settings: Settings, action: str, of: Iterable[str]) -> Iterator[None]:
        """Around a change of the corpus: lines in the audit log, where the settings name one.

        :raises SettingsError: it cannot be written; nothing is changed then.
        """
        if settings.audit_log is None:
            yield
            return
        from assistant.audit import Caller, audited
        from assistant.http.logs import keep_logs

        by = Caller(_own_name(), "command line")
        with keep_logs(settings, audited=True), audited(action, of, by, lambda: read_current(settings.store_dir)):
            yield

    @contextmanager
    def assistant(self, settings: Settings | None = None) -> Iterator[Assistant]:
        """The facade; model and store are made first where they are missing, with progress on stderr."""
        from assistant.assistant import Assistant

        chosen = settings if settings is not None else self.settings()
        with progress() as report:
            opened = Assistant.open(settings=chosen, progress=report)
        try:
            yield opened
        finally:
            opened.close()


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return "?"


def command(app: typer.Typer, name: str, *, example: str) -> Callable[[Callable[..., int | None]], None]:
    """Register a function as a command: its first parameter gets the session, and the common options are added."""

    def register(run: Callable[..., int | None]) -> None:
        hints = get_type_hints(run, include_extras=True)
        own = list(inspect.signature(run).parameters.values())[1:]
        keyword = inspect.Parameter.KEYWORD_ONLY
        common = [inspect.Parameter(n, keyword, default=None if n != "debug" else False) for n in _COMMON]
        annotations = {p.name: hints[p.name] for p in own} | _COMMON

        @functools.wraps(run)
        def wrapped(store: Path | None = None, config: Path | None = None, debug: bool = False, **rest: Any) -> Any:
            return run(Session(store, config), **rest)

        parameters = [p.replace(kind=keyword, annotation=annotations[p.name]) for p in [*own, *common]]
        del wrapped.__wrapped__  # or its signature would be taken
        wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        wrapped.__annotations__ = annotations
        app.command(name, epilog=f"Example: {example}")(wrapped)

    return register
