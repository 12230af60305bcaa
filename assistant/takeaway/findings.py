"""What a check of a bundle finds, in words: one line each, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.takeaway.words import Language
from assistant.text import clean_line

Here = Literal["same", "changed", "missing", "renamed"]
"""A document of the bundle in the store of this machine."""

_KINDS: dict[str, tuple[bool, str, str]] = {
    "hash": (True, "整包的哈希与内容不符。", "the hash over the whole bundle does not match its content."),
    "part": (True, "内容与记录的哈希不符，已被改动。", "its content does not match its recorded hash: it was altered."),
    "parts": (True, "各部分的哈希缺失或数目不对。", "the hashes of the parts are missing or not as many as the parts."),
    "shape": (True, "格式不对：{why}。", "it is malformed: {why}."),
    "question": (True, "所列问题与回答中的问题不同。", "the question listed is not the one answered."),
    "dead_marker": (True, "标号 {n} 没有对应的引文。", "the marker {n} has no citation."),
    "unused": (True, "没有标号指向这条引文。", "no marker refers to this citation."),
    "twice": (True, "有两条引文同用这个编号。", "two citations have this number."),
    "blank": (True, "引文是空的。", "the quote is blank."),
    "length": (True, "引文的长度与起止位置 {place} 不符。", "the quote is not as long as its place {place}."),
    "figures": (
        True,
        "数字 {figures} 不见于所引原文、问题或算式。",
        "figures that neither a quote, the question nor a sum carries: {figures}.",
    ),
    "unlisted": (
        True,
        "引文与包内文档记录的原文不一致（{place}）。",
        "the quote is not the one that the bundle's document holds at {place}.",
    ),
    "unconfirmed": (
        True,
        "制作时就没有与原文核对上。",
        "it did not stand in the documents even when the bundle was made.",
    ),
    "contradicted": (
        True,
        "文档与本机收录的相同，但 {place} 处不是这段文字。",
        "the document is the same here, but its text at {place} is another.",
    ),
    "passage": (
        True,
        "附列的段落 {place} 与本机收录的文字不同。",
        "the passage offered beside it, {place}, is not the text of the document here.",
    ),
    "around": (
        True,
        "引文前后的文字与本机收录的不同。",
        "the text recorded around the quote is not that of the document here.",
    ),
    "attributed": (
        True,
        "出处写作“{said}”，本机收录的是“{here}”。",
        "it is attributed to “{said}”; here that place belongs to “{here}”.",
    ),
    "lost": (
        True,
        "文档在本机已改动，其中找不到这段引文。",
        "the document has changed here, and the quote is nowhere in it.",
    ),
    "moved": (
        False,
        "文档在本机已改动，引文仍在，位置移动 {shift}（现在 {place}）。",
        "the document has changed here; the quote still stands in it, shifted by {shift} (now {place}).",
    ),
    "kept": (
        False,
        "文档在本机已改动，引文仍在原处。",
        "the document has changed here; the quote still stands in its place.",
    ),
    "missing": (
        False,
        "本机没有收录这份文档，只核对了包内的记录。",
        "this document is not in the store here: only the bundle's own record was checked.",
    ),
    "renamed": (
        False,
        "本机收录的同一文档名为 {here}。",
        "the same document is called {here} here.",
    ),
    "titled": (
        False,
        "标题写作“{said}”，本机收录的是“{here}”。",
        "its title is “{said}”; here it is “{here}”.",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, with where: an answer and a citation of it by number, or a document."""

    kind: str
    answer: int | None = None
    citation: int | None = None
    document: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_altered(self) -> bool:
        """Whether it means that the bundle is not as it was made, or contradicts its sources."""
        return _KINDS[self.kind][0]

    def where(self, language: Language) -> str:
        """What it was found in."""
        chinese = language == "zh"
        parts = []
        if self.answer is not None:
            parts.append(f"回答 {self.answer}" if chinese else f"answer {self.answer}")
        if self.citation is not None:
            parts.append(f"引文 {self.citation}" if chinese else f"citation {self.citation}")
        if self.document is not None:
            name = clean_line(self.document)
            parts.append(f"文档 {name}" if chinese else f"document {name}")
        return (" " if chinese else ", ").join(parts) or ("整包" if chinese else "the bundle")

    def message(self, language: Language) -> str:
        """The finding on one line."""
        values = {key: clean_line(str(value)) for key, value in self.values.items()}
        _, chinese, english = _KINDS[self.kind]
        said = (chinese if language == "zh" else english).format(**values)
        return f"{self.where(language)}{'：' if language == 'zh' else ': '}{said}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found; ``here`` says of each document how this machine's store has it, empty without a store."""

    findings: tuple[Finding, ...]
    answers: int
    citations: int
    documents: int
    program: str
    generation: int | None
    sha256: str
    here: Mapping[str, Here] = field(default_factory=dict)
    compared: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing was altered and no source contradicts it."""
        return not any(f.is_altered for f in self.findings)

    def to_dict(self, language: Language = "en") -> dict[str, Any]:
        """The report as JSON."""
        return {
            "status": "whole" if self.is_whole else "altered",
            "findings": [
                {
                    "kind": f.kind,
                    "altered": f.is_altered,
                    "answer": f.answer,
                    "citation": f.citation,
                    "document": f.document,
                    "message": f.message(language),
                    **{key: value for key, value in f.values.items() if key not in ("kind", "altered")},
                }
                for f in self.findings
            ],
            "answers": self.answers,
            "citations": self.citations,
            "documents": self.documents,
            "compared": self.compared,
            "here": dict(self.here),
            "program": self.program,
            "generation": self.generation,
            "sha256": self.sha256,
        }

    def lines(self, language: Language) -> Iterator[str]:
        """The report for people: what was checked, then one line for each finding."""
        chinese = language == "zh"
        counts = (self.answers, self.citations, self.documents)
        if self.is_whole:
            said = "完好：{} 个回答、{} 条引文、{} 份文档，哈希、标号、数字与引文一致。"
            english = "whole (answers: {}, citations: {}, documents: {}): hashes, markers, figures and quotes agree."
        else:
            said = "不完好：{} 个回答、{} 条引文、{} 份文档中，有以下问题。"
            english = "altered (answers: {}, citations: {}, documents: {}); what does not agree:"
        yield (said if chinese else english).format(*counts)
        yield self._compared(chinese=chinese)
        for f in self.findings:
            mark = ("改动", "altered") if f.is_altered else ("注意", "note")
            yield f"[{mark[0] if chinese else mark[1]}] {f.message(language)}"

    def _compared(self, *, chinese: bool) -> str:
        if not self.compared:
            return (
                "没有与索引库核对：本机没有可用的索引库。"
                if chinese
                else "not compared with a store: there is none here."
            )
        n = [
            sum(how in kinds for how in self.here.values())
            for kinds in (("same", "renamed"), ("changed",), ("missing",))
        ]
        said = "与本机索引库核对：相同 {} 份，改动 {} 份，没有收录 {} 份。"
        english = "compared with the store here, documents the same: {}, changed: {}, missing: {}."
        return (said if chinese else english).format(*n)
