"""Where a server's lines go: requests and questions only where the settings ask for them, and what was done by whom."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import SettingsError
from assistant.http.watching import JsonLines

if TYPE_CHECKING:
    from assistant.settings import Settings


@contextmanager
def keep_logs(settings: Settings, *, audited: bool) -> Iterator[None]:
    """Write the lines that the settings ask for, for as long as the block runs.

    :param audited: write who did what, also where no file is set for it.

    :raises SettingsError: the file of the audit log cannot be written.
    """
    wanted: list[tuple[str, logging.Handler]] = []
    if settings.log_requests:
        wanted.append(("shengwen.access", logging.StreamHandler()))
    if settings.log_questions:
        wanted.append(("shengwen.questions", logging.StreamHandler()))
    if audited or settings.audit_log is not None:
        wanted.append(("shengwen.audit", _audit_handler(settings.audit_log)))
    for name, handler in wanted:
        handler.setFormatter(JsonLines())
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
    try:
        yield
    finally:
        for name, handler in wanted:
            logging.getLogger(name).removeHandler(handler)
            logging.getLogger(name).setLevel(logging.NOTSET)
            handler.close()


def _audit_handler(path: Path | None) -> logging.Handler:
    if path is None:
        return logging.StreamHandler()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        return logging.FileHandler(path, encoding="utf-8")
    except OSError as e:
        raise SettingsError(f"cannot write the audit log {str(path)!r}: {e.strerror}; name another file") from None
