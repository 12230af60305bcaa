"""Answers as a file to take away: the one door of this room for the page, the HTTP API and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from assistant.errors import QuestionError
from assistant.takeaway.bundle import build_bundle
from assistant.takeaway.compose import language_of, write_up
from assistant.takeaway.docx import render_docx
from assistant.takeaway.exchange import Exchange
from assistant.takeaway.markdown import render_markdown
from assistant.takeaway.sources import Source
from assistant.takeaway.words import Language

Format = Literal["md", "docx", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
MAX_ANSWERS = 200
"""Of one file: a conversation of the page has fifty turns."""
_MEDIA: dict[Format, str] = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file's bytes with a name and a media type to offer it under."""

    name: str
    media_type: str
    data: bytes


def export(
    exchanges: Sequence[Exchange],
    form: Format,
    *,
    source: Source,
    accessed: date | None = None,
    language: Language | None = None,
) -> Exported:
    """The exchanges as Markdown, Word or a bundle that ``verify_bundle`` re-checks; same input, same bytes.

    :param accessed: the reader's date, written into references and the record.
    :param language: of the words around the answers; else that of the questions. A bundle has none.
    :raises QuestionError: nothing to export, or more than ``MAX_ANSWERS``.
    """
    if not exchanges:
        raise QuestionError("there is no answer to export: ask a question first")
    if len(exchanges) > MAX_ANSWERS:
        raise QuestionError(f"{len(exchanges)} answers are too many for one file: export at most {MAX_ANSWERS}")
    name = f"shengwen-{accessed.isoformat()}.{form}" if accessed is not None else f"shengwen.{form}"
    if form == "json":
        return Exported(name, _MEDIA[form], build_bundle(exchanges, source, accessed=accessed))
    spoken = language if language is not None else language_of(exchanges)
    blocks = write_up(exchanges, source, accessed=accessed, language=spoken)
    if form == "docx":
        return Exported(name, _MEDIA[form], render_docx(blocks, language=spoken, accessed=accessed))
    return Exported(name, _MEDIA[form], render_markdown(blocks).encode("utf-8", "replace"))
