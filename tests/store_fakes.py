"""A tiny model and tiny corpora for the tests of the store."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
import zlib

import numpy as np

from assistant.store import Parsed
from assistant.store.embeddings import quantise, text_key
from assistant.text import sentences
from assistant.types import Document, Encoded, Fact, Passage, Section, Span

DIMENSION = 8


class FakeModel:
    """Vectors drawn from a hash of the text: equal for equal texts, on every machine. Counts what it encodes."""

    def __init__(self, fingerprint="fake-1", dimension=DIMENSION):
        self.name = "fake"
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.encoded = []

    def vector(self, text):
        seed = int.from_bytes(hashlib.sha256(f"{self.fingerprint}{text}".encode()).digest()[:8], "big")
        drawn = np.random.default_rng(seed).normal(size=self.dimension)
        return (drawn / np.linalg.norm(drawn)).astype(np.float32)

    def encode_passages(self, texts):
        for position in sorted(range(len(texts)), key=lambda i: -len(texts[i])):
            self.encoded.append(texts[position])
            tokens = [self.vector(c) for c in texts[position]]
            yield (
                position,
                Encoded(self.vector(texts[position]), np.array(tokens, np.float32).reshape(-1, self.dimension)),
            )


REPORTS = {
    "山东2022": (
        ("review", "科技创新取得突破。高新技术企业突破2.3万家，增长18%。技术合同成交额达到2 564亿元！\n"),
        ("plan", "2022年，实施“揭榜挂帅”制度。新增高新技术企业3000家左右，研发经费增长10%以上。"),
    ),
    "黑龙江2022": (
        ("review_5y", "五年来，科技成果转化1.2万项。黑土地保护利用示范区扩大到1亿亩。\n"),
        ("plan", "支持哈尔滨新区建设，高新技术企业达到3500家。推行“揭榜挂帅”“赛马”制度。R&D投入增长14.8%。"),
    ),
    "臺灣note": ((None, "臺灣半導體產業研發經費占比３．５％。Hello COVID-19 e5-small."),),
}
PROVINCES = {"山东2022": ("山东", 2022), "黑龙江2022": ("黑龙江", 2022), "臺灣note": (None, None)}


def parse(doc_id, parts, province=None, year=None, title=None):
    """A document of (period, text) parts, each a section; a passage for each sentence; a fact in each section."""
    text = "".join(part for _, part in parts)
    document = Document(doc_id, title or f"{doc_id} 报告", text, f"{doc_id}.txt", province, year, "origin", "note")
    sections, passages, facts, at = [], [], [], 0
    for period, part in parts:
        own = year - 1 if year is not None and period in {"review", "review_5y"} else year
        span = Span(doc_id, at, at + len(part))
        sections.append(Section(span, (f"NO.{len(sections)}", "标题"), province, own, period))
        for start, end in sentences(text, span.start, span.end):
            p = Passage(Span(doc_id, start, end), text[start:end], ("标题",), province, own, period)
            passages.append(p)
        if not passages:
            continue
        first = passages[-1].span
        facts.append(
            Fact(
                first,
                span,
                "高新技术企业",
                "2.3万家",
                23000.0,
                None if period else 1e5,
                "家",
                "突破",
                "level",
                province,
                own,
                period,
            )
        )
        at = span.end
    indexed = tuple(f"{province or ''} {p.year or ''} {p.text}" for p in passages)
    return Parsed(document, tuple(sections), tuple(passages), tuple(facts), indexed)


def corpus():
    return [parse(doc_id, parts, *PROVINCES[doc_id]) for doc_id, parts in REPORTS.items()]


def random_corpus(seed, n_documents=6, n_sections=4):
    """Documents of words drawn from a few, so that terms, provinces and periods meet in all ways."""
    draw = random.Random(seed)
    words = "高新技术企业 科技 创新 成果转化 山东 增长18% 2.3万家 揭榜挂帅 黑土地 投入 平台 基金 数字经济 绿色".split()
    out = []
    for i in range(n_documents):
        parts = [
            (
                draw.choice(["review", "plan", "review_5y", "plan_5y", None]),
                "".join("".join(draw.choices(words, k=draw.randint(2, 6))) + "。" for _ in range(3)),
            )
            for _ in range(n_sections)
        ]
        out.append(parse(f"d{i}", parts, draw.choice(["山东", "福建", "广东", None]), draw.choice([2021, 2022, None])))
    return out


def as_format_1(folder, model, texts):
    """Turn a store into one as the program wrote it before token vectors were shared: its own tables and manifest."""
    (folder / "embeddings.sqlite").unlink()
    shutil.rmtree(folder / "tokens")
    with sqlite3.connect(folder / "embeddings.sqlite") as table:
        table.execute(
            "CREATE TABLE embeddings (key BLOB PRIMARY KEY, pooled BLOB NOT NULL, tokens BLOB NOT NULL, "
            "scales BLOB NOT NULL, crc INTEGER NOT NULL)"
        )
        for position, encoded in model.encode_passages(texts):
            q = quantise(encoded)
            blobs = (text_key(model, texts[position]), q.pooled.tobytes(), q.tokens.tobytes(), q.scales.tobytes())
            crc = 0
            for blob in blobs:
                crc = zlib.crc32(blob, crc)
            table.execute("INSERT INTO embeddings VALUES (?, ?, ?, ?, ?)", (*blobs, crc))
    table.close()
    for manifest in folder.glob("gen-*/manifest.json"):
        body = json.loads(manifest.read_bytes()) | {"format": 1}
        for name in ("rows", "blocks", "vectors"):
            body.pop(name)
        manifest.write_text(json.dumps(body), encoding="utf-8")
