"""Why a file or a change failed, in plain words of the reader's language; paths of the server stay on the server."""

from __future__ import annotations

import re

from assistant.corpus.read import SUFFIXES
from assistant.ui.messages import Language, say

_KNOWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"files of kind (?P<kind>'[^']*') are not read"), "why_kind"),
    (re.compile(r"holds no text"), "why_empty"),
    (re.compile(r"scanned, no text on"), "why_scanned"),
    (re.compile(r"encrypted"), "why_encrypted"),
    (re.compile(r"fonts do not say"), "why_fonts"),
    (re.compile(r"is cut off|it is no (?:PDF|CSV)|it is broken"), "why_broken"),
    (re.compile(r"no column holds text|first row names no columns|no line of it is a JSON object"), "why_columns"),
    (re.compile(r"rows? (?P<rows>[\d, ]+).*: no text in column"), "why_rows_empty"),
    (re.compile(r"rows? (?P<rows>[\d, ]+).*: the year '(?P<year>[^']*)' is none"), "why_rows_year"),
    (re.compile(r"rows? (?P<rows>[\d, ]+).*: cut by Excel"), "why_rows_cut"),
    (re.compile(r"rows? (?P<rows>[\d, ]+).*: (?:more cells than|no JSON object)"), "why_rows_broken"),
    (
        re.compile(r"it unpacks to|holds more than \d+ files|a ZIP within a ZIP|out of the ZIP|it is a link"),
        "why_archive",
    ),
    (re.compile(r"no file in it is of a kind"), "why_archive_kinds"),
    (re.compile(r"changed while it was read"), "why_changed"),
    (re.compile(r"it is binary"), "why_binary"),
    (re.compile(r"larger than (?P<size>\d+) MiB"), "why_large"),
    (re.compile(r"broken UTF|neither UTF-8|not UTF"), "why_encoding"),
    (re.compile(r"being written by another process"), "why_locked"),
    (re.compile(r"the last document cannot be removed"), "why_last"),
    (re.compile(r"there is no such file"), "why_gone"),
    (re.compile(r"no right to write|No space left|Read-only file system|SQLite says"), "why_disk"),
)
"""What the messages of reading and writing say, and the sentence for it; a test holds the two together."""
_PATH = re.compile(r"^cannot \w+(?: the \w+)? '(?:[^'\\]|\\.)*': |^'(?:[^'\\]|\\.)*'[:,] |'/[^']*'|\"/[^\"]*\"")


def plain_reason(message: str, language: Language) -> str:
    """The message of an ``AssistantError`` or a failed file as one sentence."""
    for pattern, key in _KNOWN:
        if found := pattern.search(message):
            values = {name: value.strip("'") for name, value in found.groupdict().items()}
            return say(language, key, kinds=kinds(language), **values)
    return say(language, "why_other", why=_PATH.sub("", message).strip())


def kinds(language: Language) -> str:
    """The suffixes that are read, for a sentence."""
    return ("、" if language == "zh" else ", ").join(SUFFIXES)
