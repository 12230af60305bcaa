"""The corpus view: what is indexed and with what, and where it is allowed, adding, removing and rebuilding."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from pydantic import Field

from assistant.audit import audited
from assistant.corpus.read import SUFFIXES, Failure, read_sources
from assistant.errors import CorpusError
from assistant.types import Progress
from assistant.ui.corpus_html import render_contents, render_job, render_store
from assistant.ui.jobs import Busy, Jobs, Kind, Outcome, Work, by_name
from assistant.ui.messages import Language, say
from assistant.ui.mounting import Refused, ViewRequest, caller, is_foreign, mount, templates
from assistant.ui.reasons import kinds
from assistant.ui.requests import Request
from assistant.ui.seam import Context, View

if TYPE_CHECKING:
    from assistant.assistant import Assistant

MAX_FILES = 100
"""Files of one change: more make a list that nobody reads, and a change that nobody can stop halfway."""
_LONGEST_NAME = 120
"""Characters of a file's name: file systems allow 255 bytes, and a Han character takes three."""


class ContentsRequest(ViewRequest):
    """What is indexed."""


class Upload(Request):
    """A file that was uploaded: where it lies on the server, and what it is called."""

    path: str
    name: str


class AddRequest(ViewRequest):
    """Files to add."""

    files: list[Upload] = Field(max_length=10_000)


class RemoveRequest(ViewRequest):
    """Documents to remove."""

    docs: list[str] = Field(max_length=100_000)


class RebuildRequest(ViewRequest):
    """Build the index again."""


class JobRequest(ViewRequest):
    """How far the change is."""


class StopRequest(ViewRequest):
    """Stop the change."""


class _Corpus:
    """What the view's script may call."""

    def __init__(self, assistant: Assistant, uploaded: set[str], jobs: Jobs | None = None) -> None:
        self._assistant = assistant
        self._uploaded = uploaded
        self._jobs = jobs if jobs is not None else Jobs()

    @property
    def _allowed(self) -> bool:
        return self._assistant.settings.allow_upload

    def contents(self, wanted: ContentsRequest) -> dict[str, Any]:
        """What is indexed; nothing where the page has it already."""
        generation, language = self._assistant.generation, wanted.language
        job = self._jobs.current() if self._allowed else None
        told = {"generation": generation, "running": job is not None and job.state == "running"}
        if wanted.generation == generation:
            return told
        return told | {
            "store": render_store(self._assistant.info(), language),
            "html": render_contents(self._assistant.contents(), language, manage=self._allowed),
        }

    def begin_adding(self, wanted: AddRequest) -> dict[str, Any]:
        """Add uploaded files."""
        language = wanted.language
        self._admit(language)
        if not wanted.files:
            raise Refused(say(language, "corpus_no_file"))
        if len(wanted.files) > MAX_FILES:
            raise Refused(say(language, "corpus_too_many", count=MAX_FILES))
        unknown = [f.name for f in wanted.files if f.path not in self._uploaded]
        if unknown:  # a path that this server did not give out names a file that is none of the reader's
            raise Refused(say(language, "why_gone"))
        named = _named(wanted.files)
        return self._begin("add", tuple(named), lambda progress: self._add(named, progress), language)

    def _add(self, files: Mapping[str, str], progress: Progress) -> Outcome:
        """Read the files under their own names from a folder that is gone afterwards."""
        before = {h.id for h in self._assistant.contents()}
        with tempfile.TemporaryDirectory(prefix="shengwen-") as folder:
            paths = {str(path): name for name, source in files.items() if (path := _copied(source, Path(folder), name))}
            missing = {name: "there is no such file" for name in files if name not in paths.values()}
            failures = self._read(list(paths), progress)
        for source in files.values():
            with contextlib.suppress(OSError):
                os.unlink(source)
            self._uploaded.discard(source)
        told = by_name(((f.path, f.reason) for f in failures), paths)
        made = by_name(((d.path, d.id) for d in self._assistant.documents()), paths)
        documents = {name: tuple(doc_id for _, doc_id in parts) for name, parts in made.items()}
        whole = {name: parts[0][1] for name, parts in told.items() if name not in documents}
        return Outcome(
            self._assistant.generation,
            documents=documents,
            replaced=frozenset(name for name, ids in documents.items() if before.intersection(ids)),
            failures=whole | missing,
            problems={name: parts for name, parts in told.items() if name not in whole},
        )

    def _read(self, paths: Sequence[str], progress: Progress) -> list[Failure]:
        try:
            return self._assistant.add(paths, progress) if paths else []
        except CorpusError:  # it tells the first of the failures; the reader wants each
            return read_sources(map(Path, paths))[1]

    def begin_removing(self, wanted: RemoveRequest) -> dict[str, Any]:
        """Remove documents."""
        self._admit(wanted.language)
        docs = tuple(dict.fromkeys(wanted.docs))
        if not docs:
            raise Refused(say(wanted.language, "corpus_none_chosen"))

        def work(progress: Progress) -> Outcome:
            self._assistant.remove(docs, progress)
            return Outcome(self._assistant.generation)

        return self._begin("remove", docs, work, wanted.language)

    def begin_rebuilding(self, wanted: RebuildRequest) -> dict[str, Any]:
        """Build the index again of the documents that it holds."""
        self._admit(wanted.language)

        def work(progress: Progress) -> Outcome:
            self._assistant.rebuild(progress)
            return Outcome(self._assistant.generation)

        return self._begin("rebuild", (), work, wanted.language)

    def job(self, wanted: JobRequest) -> dict[str, Any]:
        """How far the change is, or how the last one ended."""
        job = self._jobs.current() if self._allowed else None
        if job is None:
            return {"html": "", "running": False, "generation": self._assistant.generation}
        ended = job.state != "running"
        holdings = {h.id: h for h in self._assistant.contents()} if ended and job.kind == "add" else {}
        return {
            "html": render_job(job, wanted.language, holdings=holdings),
            "running": not ended,
            "generation": self._assistant.generation,
        }

    def stop(self, wanted: StopRequest) -> dict[str, Any]:
        """Ask the change to stop."""
        self._admit(wanted.language)
        self._jobs.stop()
        return {}

    def _admit(self, language: Language) -> None:
        """Who may change the corpus; the page hides the buttons from others, but a page is not a lock."""
        if not self._allowed:
            raise Refused(say(language, "corpus_off"))
        if is_foreign():
            raise Refused(say(language, "corpus_foreign"))

    def _begin(self, kind: Kind, files: tuple[str, ...], work: Work, language: Language) -> dict[str, Any]:
        by = caller()

        def watched(progress: Progress) -> Outcome:
            with audited(kind, files, by, lambda: self._assistant.generation):
                return work(progress)

        try:
            self._jobs.begin(kind, files, watched)
        except Busy:
            raise Refused(say(language, "corpus_busy")) from None
        return {"begun": True}


def _named(files: Sequence[Upload]) -> dict[str, str]:
    """Name → path; of two files that would be one document the later is called after its number."""
    out: dict[str, str] = {}
    stems: set[str] = set()
    for file in files:
        pure = PurePath(_plain_name(file.name))
        stem = next(s for n in itertools.count(1) if (s := pure.stem if n == 1 else f"{pure.stem}-{n}") not in stems)
        stems.add(stem)
        out[f"{stem}{pure.suffix}"] = file.path
    return out


def _plain_name(name: str) -> str:
    """A name without folders, control characters and leading dots, short enough for a file system."""
    base = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in base if c.isprintable()).strip().lstrip(".").encode("utf-8", "ignore").decode()
    pure = PurePath(kept or "document.txt")
    return f"{pure.stem[:_LONGEST_NAME]}{pure.suffix[:20]}"


def _copied(source: str, folder: Path, name: str) -> Path | None:
    path = folder / name
    try:
        shutil.copyfile(source, path)
    except FileNotFoundError:
        return None
    return path


_SPOKEN = {
    "lost": "view_lost", "shown": "corpus_shown", "none": "read_none", "too-many": "corpus_too_many", "why-kind": "why_kind",
    "why-large": "why_large", "why-empty": "why_empty", "why-upload": "why_upload", "why-refused": "why_refused",
    "waiting": "file_waiting", "sending": "file_sending", "sent": "file_sent", "remove-ask": "corpus_remove_ask",
    "remove": "corpus_remove", "rebuild-ask": "corpus_rebuild_ask", "rebuild": "corpus_rebuild",
}  # fmt: skip


def _shell(language: Language, *, manage: bool, size: int) -> str:
    def word(key: str, **values: object) -> str:
        return escape(say(language, key, **values))

    limits = word("corpus_limits", kinds=kinds(language), size=size, count=MAX_FILES)
    changing = f"""<section class="sw-v-adding"><h2>{word("corpus_add")}</h2>
<div class="sw-v-drop"><p>{word("corpus_drop")} <button type="button" class="sw-v-pick">{word("corpus_pick")}</button></p>
<input type="file" class="sw-v-input" multiple accept="{",".join(SUFFIXES)}" tabindex="-1" aria-hidden="true">
<p class="sw-v-note">{limits}</p></div><ul class="sw-v-files sw-v-sending" aria-live="polite"></ul>
<div class="sw-v-job-box" role="status"></div></section>"""
    buttons = f"""<div class="sw-v-manage"><button type="button" class="sw-v-remove" disabled>{word("corpus_remove")}</button>
<button type="button" class="sw-v-rebuild" title="{word("corpus_rebuild_hint")}">{word("corpus_rebuild")}</button></div>"""
    return f"""<div class="sw-v-view sw-v-corpus" data-language="{language}"{templates(language, _SPOKEN)} data-size="{size}"
data-count="{MAX_FILES}" data-kinds="{kinds(language)}" data-suffixes="{" ".join(SUFFIXES)}">
<p class="sw-v-view-notice" role="status" hidden></p>
{changing if manage else ""}<section><h2>{word("corpus_documents")}</h2><div class="sw-v-store-box"></div>
<form class="sw-v-filters" role="search"><label class="sw-v-grow"><span>{word("corpus_filter")}</span>
<input name="filter" type="search" autocomplete="off"></label><p class="sw-v-count" role="status"></p>{buttons if manage else ""}</form>
<div class="sw-v-scroll sw-v-contents-box" tabindex="0" role="region" aria-label="{word("corpus_documents")}"></div>
{"" if manage else f'<p class="sw-v-note sw-v-off">{word("corpus_off")}</p>'}</section></div>"""


def _build(gr: Any, context: Context) -> None:
    from gradio.context import Context as Building

    settings = context.assistant.settings
    corpus = _Corpus(context.assistant, Building.root_block.upload_file_set)
    functions: Mapping[type[ViewRequest], Any] = {
        ContentsRequest: corpus.contents,
        AddRequest: corpus.begin_adding,
        RemoveRequest: corpus.begin_removing,
        RebuildRequest: corpus.begin_rebuilding,
        JobRequest: corpus.job,
        StopRequest: corpus.stop,
    }

    def shell(language: Language) -> str:
        return _shell(language, manage=settings.allow_upload, size=settings.max_upload_mb)

    mount(gr, context, "corpus", shell=shell, functions=functions)


CORPUS = View("corpus", "tab_corpus", _build)
