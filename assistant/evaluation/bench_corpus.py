"""A corpus of any size for the bench: reports recombined from the shipped sentences, vectors mixed from real ones.

Up to ``PARSED`` reports (some 25,000 passages) every text is another and all of it is parsed; beyond, the same texts come
again as reports of other provinces and years, whose passages are indexed, embedded and searched as others. Token
vectors are kept by content: those of ``BLOCKS`` passages, some 1 GB, serve for all.
"""

from __future__ import annotations

import dataclasses
import hashlib
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from assistant import building
from assistant.corpus.read import read_sources
from assistant.encoders import Model
from assistant.lexicon import Lexicon
from assistant.passages import indexed_text
from assistant.store import Parsed
from assistant.store.blocks import Place
from assistant.store.embeddings import Embeddings, quantise, text_key
from assistant.store.layout import EMBEDDINGS
from assistant.text import sentences, trim
from assistant.types import Encoded, Progress, Span

SENTENCES = 480
"""Of one report, which make some hundred passages."""
PARSED = 251
"""Reports that are parsed for real; a prime, so that texts, provinces and years meet anew each time."""
BLOCKS = 20_000
"""Passages that have token vectors of their own: more than stay in a processor's caches, less than fill a disk."""
NOISE = 0.3
"""Length of the noise added to a mixture of two unit vectors: enough that no two passages are the same."""


class MixedModel:
    """The real tokenizer, and vectors mixed from those of the shipped passages, drawn by a hash of the text."""

    def __init__(self, model: Model, lexicon: Lexicon) -> None:
        sources, _ = read_sources([building.shipped_corpus()])
        texts = [text for s in sources for text in building.parse_source(s, lexicon, model).indexed]
        real = [encoded for _, encoded in model.encode_passages(texts)]
        self.name, self.fingerprint, self.dimension = model.name, model.fingerprint, model.dimension
        self.count_tokens = model.count_tokens
        self.sentences = [s.text[a:b] for s in sources for a, b in _trimmed(s.text) if b - a > 8]
        self._special = model.count_tokens([""])[0]
        self._pooled = np.stack([e.pooled for e in real])
        self._tokens = np.concatenate([e.tokens for e in real])

    def encode_passages(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoded]]:
        """Two real passages' vectors mixed, with some noise; as many real token vectors as the text has tokens."""
        for i, (text, n) in enumerate(zip(texts, self.count_tokens(texts), strict=True)):
            draw = self.draw(text)
            yield i, Encoded(self.pooled(draw), self.tokens(draw, n))

    def draw(self, text: str) -> np.random.Generator:
        """What the text's vectors are drawn with."""
        return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))

    def pooled(self, draw: np.random.Generator) -> NDArray[np.float32]:
        """A passage's vector, (d,), of unit length."""
        a, b = draw.integers(len(self._pooled), size=2)
        share = draw.random()
        mixed = share * self._pooled[a] + (1 - share) * self._pooled[b]
        mixed += draw.normal(scale=NOISE / np.sqrt(self.dimension), size=self.dimension)
        unit: NDArray[np.float32] = (mixed / np.linalg.norm(mixed)).astype(np.float32)
        return unit

    def tokens(self, draw: np.random.Generator, counted: int) -> NDArray[np.float32]:
        """Token vectors, (n, d), for a text of so many tokens, the special ones included."""
        rows = draw.integers(len(self._tokens)) + np.arange(max(1, counted - self._special))
        chosen: NDArray[np.float32] = self._tokens[rows % len(self._tokens)]
        return chosen


def make_reports(folder: Path, n: int, *, mixed: MixedModel, lexicon: Lexicon, more: Path) -> tuple[Reports, float]:
    """Reports of about n passages, and how many passages a second were parsed; one report more as a file at ``more``."""
    draw = random.Random(n)
    more.write_text(_report(0, draw=draw, sentences=mixed.sentences, lexicon=lexicon), "utf-8")
    first = building.parse_source(read_sources([more])[0][0], lexicon, cast(Model, mixed))
    wanted = max(1, round(n / len(first.passages)))
    written = folder / "reports"
    written.mkdir()
    for i in range(min(wanted, PARSED)):
        text = _report(i, draw=draw, sentences=mixed.sentences, lexicon=lexicon)
        (written / f"report-{i:06d}.txt").write_text(text, "utf-8")
    began = time.perf_counter()
    parsed = [building.parse_source(s, lexicon, cast(Model, mixed)) for s in read_sources([written])[0]]
    passages = sum(len(p.passages) for p in parsed)
    return Reports(parsed, wanted, lexicon), passages / (time.perf_counter() - began)


class Reports(Sequence[Parsed]):
    """So many reports: those that were parsed, and then the same again of other provinces and years."""

    def __init__(self, parsed: Sequence[Parsed], n: int, lexicon: Lexicon) -> None:
        self._parsed = parsed
        self._n = n
        self._provinces = [p.name for p in lexicon.provinces]

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, i: int) -> Parsed:  # type: ignore[override]
        """The i-th report. Its text stays, so places stay; its passages are indexed under their new owner."""
        one = self._parsed[i % len(self._parsed)]
        name, province = f"report-{i:06d}", self._provinces[i % len(self._provinces)]
        years = i // len(self._provinces) % 25 + 2000 - (one.document.year or 2000)

        def owned(part: Any, **places: Any) -> Any:
            year = None if part.year is None else part.year + years
            return dataclasses.replace(part, province=province, year=year, **places)

        def at(span: Span) -> Span:
            return Span(name, span.start, span.end)

        passages = tuple(owned(p, span=at(p.span)) for p in one.passages)
        return Parsed(
            owned(one.document, id=name),
            tuple(owned(s, span=at(s.span)) for s in one.sections),
            passages,
            tuple(owned(f, span=at(f.span), clause=at(f.clause)) for f in one.facts),
            tuple(indexed_text(p) for p in passages),
        )

    def __iter__(self) -> Iterator[Parsed]:
        return (self[i] for i in range(len(self)))


def embed_all(folder: Path, reports: Reports, mixed: MixedModel, *, progress: Progress) -> None:
    """Give every passage its vectors before the store is built; token vectors of ``BLOCKS`` passages serve for all."""
    folder.mkdir()
    embeddings = Embeddings(folder / EMBEDDINGS, dimension=mixed.dimension)
    places: list[Place] = []
    for done, parsed in enumerate(reports):
        if done % 100 == 0:
            progress("embed", done, len(reports))
        for text in parsed.indexed:
            draw = mixed.draw(text)
            pooled = mixed.pooled(draw)
            if len(places) < BLOCKS:
                tokens = quantise(Encoded(pooled, mixed.tokens(draw, mixed.count_tokens([text])[0])))
                places.append(embeddings.add_block(tokens))
            embeddings.put(text_key(cast(Model, mixed), text), pooled, places[int(draw.integers(len(places)))])
    embeddings.save()
    embeddings.close()


def _report(number: int, *, draw: random.Random, sentences: list[str], lexicon: Lexicon) -> str:
    province = lexicon.provinces[number % len(lexicon.provinces)]
    year = 2000 + number // len(lexicon.provinces) % 25
    said = [draw.choice(sentences) for _ in range(SENTENCES)]
    half = SENTENCES // 2
    parts = [f"{province.full}{year}年政府工作报告", f"一、{year - 1}年工作回顾", *_paragraphs(said[:half])]
    return "\n".join([*parts, f"二、{year}年工作安排", *_paragraphs(said[half:])]) + "\n"


def _paragraphs(said: list[str]) -> Iterator[str]:
    return ("".join(said[i : i + 5]) for i in range(0, len(said), 5))


def _trimmed(text: str) -> Iterator[tuple[int, int]]:
    return (trim(text, a, b) for a, b in sentences(text))
