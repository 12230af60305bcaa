"""The checked extractive answer in a language model's words: rewritten from its evidence, checked sentence by sentence.

Short answer, table, provinces, computed figures and status stay those of the extractive answer, and so do the lines
of its text that cite nothing (coverage, what is not mentioned, differences). Whatever goes wrong, that answer stands.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.answer.check import MARKER, Checked, check
from assistant.answer.claims import cleaned, lines_of, unquoted
from assistant.answer.draft import Draft
from assistant.answer.grounding import Grounds
from assistant.answer.inquiry import Inquiry
from assistant.answer.language_model import HttpModel, LanguageModel, Message
from assistant.answer.wording import Wording
from assistant.errors import LanguageModelError
from assistant.numerals import bare_figures
from assistant.prompts import Prompt, load_prompt
from assistant.settings import LanguageModelSettings
from assistant.text import clean_line
from assistant.types import Citation

PLACEHOLDERS = ("language", "fence", "question", "answer", "evidence")
_LANGUAGE = {"zh": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
_REMEMBERED = 256
_MAX_UNSUPPORTED = 50
_MAX_SHOWN = 300
_HOPELESS = 12
"""So many sentences that do not hold, and fewer that do, or so many repetitions: the model is listened to no longer."""
_JUDGED_EVERY = 200
"""Characters; reading what was written so far after each piece would take longer than writing it."""
_VERDICT = re.compile(r"(?P<yes>是的?|对|yes)[，,。.：:！!]\s*|(?P<no>否|不是|没有|no)[，,。.：:！!]\s*", re.IGNORECASE)


class Writer:
    """A language model with its prompts. The same messages get the same answer, also from a model that varies."""

    def __init__(self, model: LanguageModel) -> None:
        """Load the prompts.

        :raises PromptError: a prompt is missing or its placeholders are wrong.
        """
        self.name = " ".join(clean_line(model.name).split()) or "default"
        self._model = model
        self._prompts = {name: load_prompt(f"rewrite.{name}", placeholders=PLACEHOLDERS) for name in ("zh", "en")}
        self._remembered: dict[str, str] = {}
        self._remembering = threading.Lock()

    def prompt(self, *, english: bool) -> Prompt:
        """The prompt of a language."""
        return self._prompts["en" if english else "zh"]

    def write(self, messages: tuple[Message, ...], *, enough: Callable[[str], bool]) -> str:
        """What the model answers, at most once asked; read no further once what it has written is ``enough``.

        :raises LanguageModelError: it did not answer usably; that is not remembered.
        """
        key = json.dumps(messages, sort_keys=True)
        with self._remembering:
            known = self._remembered.get(key)
        if known is not None:
            return known
        written = ""
        due = _JUDGED_EVERY
        with contextlib.closing(self._model.stream(messages)) as pieces:
            for piece in pieces:
                written += piece
                # Judged at the same places however the text is cut, so that the same text gives the same answer.
                while due <= len(written) and not enough(written[:due]):
                    due += _JUDGED_EVERY
                if due <= len(written):
                    written = written[:due]
                    break
        with self._remembering:
            if len(self._remembered) >= _REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
            return self._remembered.setdefault(key, written)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The answer to show. ``note`` tells what became of the language model, empty if none is set."""

    checked: Checked
    generator: str = "extractive"
    unsupported: tuple[str, ...] = ()
    note: dict[str, Any] = field(default_factory=dict)


def open_writer(settings: LanguageModelSettings) -> Writer | None:
    """The writer of the settings' language model; ``None`` if none is set. Nothing is sent yet.

    :raises SettingsError: a wrong address or key.
    :raises PromptError: a prompt is missing or its placeholders are wrong.
    """
    return Writer(HttpModel(settings)) if settings.base_url else None


def rewrite(draft: Draft, checked: Checked, inquiry: Inquiry, *, words: Wording, writer: Writer | None) -> Rewritten:
    """The checked draft in the model's words where they hold, else as it is. Raises nothing that a model can cause."""
    if writer is None:
        return Rewritten(checked)
    if draft.status == "declined":
        return Rewritten(checked, note=_note(used=False, why="a decline is never rewritten"))
    if not MARKER.search(checked.text):
        return Rewritten(checked, note=_note(used=False, why="the answer quotes nothing that could be rewritten"))
    sieve = _Sieve(draft, _grounds(checked, inquiry, words))
    try:
        written = writer.write(_messages(checked, inquiry, words, writer=writer), enough=sieve.is_enough)
    except LanguageModelError as e:
        return Rewritten(checked, note=_note(used=False, why=clean_line(str(e))[:_MAX_SHOWN]))
    kept, unsupported, total = sieve.sift(written)
    kept_count = sum(len(said) for _, said in kept)
    if not kept_count or 2 * kept_count < total:
        why = f"{kept_count} of its {total} sentences stand on the evidence"
        return Rewritten(checked, unsupported=unsupported, note=_note(used=False, why=why))
    text = _framed(kept, draft, checked, words=words)
    again, problems = check(_redrafted(draft, checked, text), inquiry.question, inquiry.store)
    faults = [*_left_out(draft, checked, text), *problems]
    if faults:
        return Rewritten(checked, unsupported=unsupported, note=_note(used=False, why=faults[0]))
    return Rewritten(again, f"llm:{writer.name}", unsupported, _note(used=True))


def _note(*, used: bool, why: str = "") -> dict[str, Any]:
    return {"language_model": {"used": used} | ({"why": why} if why else {})}


def _messages(checked: Checked, inquiry: Inquiry, words: Wording, *, writer: Writer) -> tuple[Message, ...]:
    """The prompt with question, answer and evidence, between marks that none of them can write."""
    evidence = "\n".join(f"[{c.n}] {json.dumps(_shown(c, words), ensure_ascii=False)}" for c in checked.citations)
    values = {
        "question": json.dumps(inquiry.question.standalone, ensure_ascii=False),
        "answer": json.dumps(checked.text, ensure_ascii=False),
        "evidence": evidence,
    }
    # The mark depends on all that it encloses: a text that held its own mark would change it.
    fence = f"data-{hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]}"
    language = _LANGUAGE.get(inquiry.question.language, _LANGUAGE["zh"])
    return writer.prompt(english=words.english).fill(language=language, fence=fence, **values)


def _shown(citation: Citation, words: Wording) -> dict[str, str]:
    names = ("province", "period", "quote") if words.english else ("省份", "时期", "原文")
    told = (words.place(citation.province), words.period(citation.period, citation.year), citation.quote)
    return dict(zip(names, told, strict=True))


def _grounds(checked: Checked, inquiry: Inquiry, words: Wording) -> Grounds:
    lines: dict[int, str] = {}
    for line in checked.text.split("\n"):
        for n in map(int, MARKER.findall(line)):
            lines[n] = f"{lines.get(n, '')} {unquoted(MARKER.sub('', line))[0]}"
    return Grounds(
        citations={c.n: c for c in checked.citations},
        lines=lines,
        computed=checked.computed,
        lexicon=inquiry.lexicon,
        english=words.english,
    )


class _Sieve:
    """Holds each sentence to the evidence, once."""

    def __init__(self, draft: Draft, grounds: Grounds) -> None:
        self._draft = draft
        self._grounds = grounds
        self._judged: dict[str, str | None] = {}

    def sift(self, written: str) -> tuple[list[tuple[str, list[str]]], tuple[str, ...], int]:
        """The lines that hold, the sentences that do not, how many sentences there were; repetitions count once."""
        kept: list[tuple[str, list[str]]] = []
        unsupported: list[str] = []
        seen: set[str] = set()
        for bullet, said in lines_of(cleaned(written)):
            new = [s for s in dict.fromkeys(said) if s not in seen]
            seen.update(new)
            told = [self._told(s) for s in new]
            unsupported += [clean_line(s)[:_MAX_SHOWN] for s, t in zip(new, told, strict=True) if t is None]
            if good := [t for t in told if t]:
                kept.append((bullet, good))
        return kept, tuple(unsupported[:_MAX_UNSUPPORTED]), len(seen)

    def is_enough(self, written: str) -> bool:
        """Whether the rest is not worth waiting for: too much of it fails, or it says the same again and again."""
        kept, _, total = self.sift(written)
        good = sum(len(said) for _, said in kept)
        repeated = sum(len(said) for _, said in lines_of(cleaned(written))) - total
        return repeated >= _HOPELESS or (total - good >= _HOPELESS and 2 * good < total)

    def _told(self, sentence: str) -> str | None:
        """The sentence as it may be shown, empty for a mere verdict; ``None`` if it does not hold."""
        if sentence not in self._judged:
            bare = _without_verdict(sentence, self._draft)
            self._judged[sentence] = None if bare is None or (self._grounds.problem(bare) if bare else None) else bare
        return self._judged[sentence]


def _without_verdict(sentence: str, draft: Draft) -> str | None:
    """A yes-or-no answer's sentence without its 是 or 否, which the program says; ``None`` if it says the opposite."""
    m = _VERDICT.match(sentence) if draft.intent == "yesno" else None
    if m is None:
        return sentence
    says_yes = draft.short in {"是", "Yes"}
    return sentence[m.end() :] if (m["yes"] is not None) == says_yes else None


def _framed(kept: list[tuple[str, list[str]]], draft: Draft, checked: Checked, *, words: Wording) -> str:
    """The sentences kept between the extractive answer's own lines that cite nothing."""
    lines = checked.text.split("\n")
    marked = [i for i, line in enumerate(lines) if MARKER.search(line)]
    head = lines[: marked[0]] if draft.intent in {"list", "compare"} else []
    tail = lines[marked[-1] + 1 :]
    joint = " " if words.english else ""
    body = [bullet + joint.join(said) for bullet, said in kept]
    if draft.intent == "yesno" and draft.short:
        verdict = words.say("yes" if draft.short == words.say("yes").rstrip(".。") else "no")
        body[0] = f"{verdict}{joint}{body[0].removeprefix('- ')}"
    return "\n".join((*head, *body, *(("",) if tail and tail[0].strip() else ()), *tail))


def _left_out(draft: Draft, checked: Checked, text: str) -> list[str]:
    """What the text had to keep and lost, in words."""
    lost = ", ".join(f"[{n}]" for n in sorted(_lost(draft, checked, text)))
    faults = [f"it leaves out what {lost} carries"] if lost else []
    if not bare_figures(draft.short or "") <= bare_figures(MARKER.sub(" ", text)):
        faults.append("it leaves out the figure asked for")
    return faults


def _lost(draft: Draft, checked: Checked, text: str) -> set[int]:
    """Citations that the text had to keep and lost: the short answer's, all of a list, one of a summary's province."""
    inline = list(dict.fromkeys(int(n) for n in MARKER.findall(checked.text)))
    kept = {int(n) for n in MARKER.findall(text)}
    cited = {c.n: c for c in checked.citations}
    if draft.intent in {"list", "compare"}:
        return set(inline) - kept
    if draft.intent == "summary":
        provinces = {cited[n].province for n in kept}
        return {n for n in inline if cited[n].province not in provinces}
    asked = bare_figures(draft.short or "")
    return {n for n in inline if n == inline[0] or asked & bare_figures(cited[n].quote)} - kept


def _redrafted(draft: Draft, checked: Checked, text: str) -> Draft:
    """The draft with the new text, its spans numbered as its citations are."""
    passages = {passage.id: passage for _, passage in draft.spans}
    spans = [(c.span, passages[c.passage_id]) for c in checked.citations]
    return replace(draft, text=text, table=checked.table, computed=list(checked.computed), spans=spans)
