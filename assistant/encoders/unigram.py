"""A unigram tokenizer (SentencePiece's) that opens in milliseconds, for the few texts of one question.

``tokenizers`` needs 0.7 s and 300 MB to build its trie over 250,000 pieces, most of what a cold question would take.
Here a piece is found by its hash in a sorted array. Ids and offsets are the same as those of ``tokenizers`` (tested);
texts with characters whose normalisation could depend on their neighbours are left to it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILE = "unigram.npz"
_META = "\u2581"
_UNKNOWN_PENALTY = 10.0  # tokenizers/src/models/unigram/model.rs, K_UNK_PENALTY
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd; a stretch that is no piece passes for one in 1 of 10^13 cases
# Characters that stand alone under NFKC: ASCII, Latin, punctuation, symbols, kana, CJK, fullwidth forms, emoji.
# Combining marks, jamo, and the mark of the word's beginning itself are not among them.
_PLAIN = (
    (0x09, 0x0A), (0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x2027), (0x2030, 0x205E), (0x20A0, 0x20BF), (0x2100, 0x22FF),
    (0x2460, 0x24FF), (0x25A0, 0x26FF), (0x3000, 0x3029), (0x3030, 0x303F), (0x3041, 0x3096), (0x30A1, 0x30FF),
    (0x3200, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF01, 0xFF9D), (0xFFE0, 0xFFE6),
    (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF), (0x20000, 0x2A6DF),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unigram:
    """``hashes`` sorted, ``ids`` and ``scores`` beside them; ``normal`` what a character becomes, if not itself.

    Texts with a character of ``left`` or one of the strings ``added`` (special tokens) are not for here.
    """

    hashes: NDArray[np.uint64]
    ids: NDArray[np.int32]
    scores: NDArray[np.float64]
    normal: dict[str, str]
    left: tuple[str, ...]
    added: tuple[str, ...]
    longest: int
    unknown: int
    unknown_score: float
    head: tuple[int, ...]
    tail: tuple[int, ...]

    def encode(self, text: str) -> tuple[list[int], list[tuple[int, int]]] | None:
        """Ids of the text without special tokens, and their (start, end) in code points; ``None``: not for here."""
        if not all(_is_plain(c) and c not in self.left for c in set(text)) or any(a in text for a in self.added):
            return None
        chars, origin = self._normalise(text)
        if not chars:
            return [], []
        ids: list[int] = []
        spans: list[tuple[int, int]] = []
        pieces = self._pieces(chars)
        starts = [i for i, c in enumerate(chars) if c == _META]
        for start, end in zip(starts, [*starts[1:], len(chars)], strict=True):
            for a, b, piece in self._best_path(pieces, start, end=end):
                ids.append(piece)
                spans.append((origin[a][0], origin[b - 1][1]))
        return ids, spans

    def _normalise(self, text: str) -> tuple[str, list[tuple[int, int]]]:
        """Normalised characters, spaces as marks, and the stretch of the text each comes from."""
        out: list[str] = []
        origin: list[tuple[int, int]] = []
        for i, char in enumerate(text):
            for c in self.normal.get(char, char):
                if c == " " and out and out[-1] == " ":
                    origin[-1] = (i, i + 1)
                else:
                    out.append(c)
                    origin.append((i, i + 1))
        if out and out[0] != " ":
            out.insert(0, " ")
            origin.insert(0, origin[0])
        return "".join(out).replace(" ", _META), origin

    def _pieces(self, chars: str) -> dict[tuple[int, int], tuple[int, float]]:
        """Every stretch (start, end) that is a piece, with its id and score."""
        codes = _codes(chars)
        found: dict[tuple[int, int], tuple[int, float]] = {}
        rolling = np.zeros(len(codes), np.uint64)
        for length in range(1, min(self.longest, len(codes)) + 1):
            rolling = rolling[: len(codes) - length + 1] * _MULTIPLIER + codes[length - 1 :]
            at = np.minimum(np.searchsorted(self.hashes, rolling), len(self.hashes) - 1)
            for start in np.flatnonzero(self.hashes[at] == rolling).tolist():
                row = at[start]
                found[start, start + length] = (int(self.ids[row]), float(self.scores[row]))
        return found

    def _best_path(
        self, pieces: dict[tuple[int, int], tuple[int, float]], start: int, *, end: int
    ) -> list[tuple[int, int, int]]:
        """Viterbi over one word as tokenizers does it (``encode_optimized``): the first of equals stays."""
        best: list[tuple[float, int, int]] = [(0.0, start, -1)] + [(-np.inf, -1, -1)] * (end - start)
        for a in range(start, end):
            score = best[a - start][0]
            for b in range(a + 1, min(end, a + self.longest) + 1):
                if (piece := pieces.get((a, b))) is not None and piece[1] + score > best[b - start][0]:
                    best[b - start] = (piece[1] + score, a, piece[0])
            if (a, a + 1) not in pieces and self.unknown_score + score > best[a + 1 - start][0]:
                best[a + 1 - start] = (self.unknown_score + score, a, self.unknown)
        return list(self._backwards(best, start, end=end))[::-1]

    def _backwards(self, best: list[tuple[float, int, int]], start: int, *, end: int) -> Iterator[tuple[int, int, int]]:
        """The path's (start, end, id) from its end; neighbouring unknown characters are one token."""
        unknown_end = -1
        while end > start:
            _, a, piece = best[end - start]
            if piece == self.unknown:
                unknown_end = end if unknown_end < 0 else unknown_end
            else:
                if unknown_end >= 0:
                    yield end, unknown_end, self.unknown
                unknown_end = -1
                yield a, end, piece
            end = a
        if unknown_end >= 0:
            yield start, unknown_end, self.unknown


def build_unigram(tokenizer: Any) -> Unigram | None:
    """From a ``tokenizers.Tokenizer``; ``None`` where it does anything that ``Unigram`` does not."""
    content = json.loads(tokenizer.to_str())
    model, before = content["model"], content["pre_tokenizer"] or {}
    steps = (content["normalizer"] or {}).get("normalizers", [])
    collapse = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
    fits = (
        model["type"] == "Unigram"
        and not model.get("byte_fallback")
        and not any(a["normalized"] or a["lstrip"] or a["rstrip"] for a in content["added_tokens"])
        and steps[-1:] == [collapse]
        and all(s["type"] in ("Nmt", "NFKC") or "String" in s.get("pattern", {}) for s in steps[:-1])
        and before == {"type": "Metaspace", "replacement": _META, "prepend_scheme": "always", "split": True}
        and all(_META not in piece[1:] for piece, _ in model["vocab"])
    )
    added = tuple(a["content"] for a in content["added_tokens"])
    return _build(tokenizer, model, added=added) if fits else None


def _build(tokenizer: Any, model: dict[str, Any], *, added: tuple[str, ...]) -> Unigram | None:
    pieces = [piece for piece, _ in model["vocab"]]
    scores = np.array([score for _, score in model["vocab"]])
    hashes = np.zeros(len(pieces), np.uint64)
    lengths = np.array([len(p) for p in pieces])
    for length in range(1, int(lengths.max()) + 1):
        rows = np.flatnonzero(lengths == length)
        codes = _codes("".join(pieces[i] for i in rows)).reshape(len(rows), length)
        for column in range(length):
            hashes[rows] = hashes[rows] * _MULTIPLIER + codes[:, column]
    order = np.argsort(hashes, kind="stable")
    hashes = hashes[order]
    if (hashes[1:] == hashes[:-1]).any():
        return None  # two pieces of one hash, or an empty piece and a rare chance: the full tokenizer does it
    normalise = tokenizer.normalizer.normalize_str
    plain = (chr(c) for a, b in _PLAIN for c in range(a, b + 1))
    normal = {c: n for c in plain if (n := normalise(c)) != c}
    empty = tokenizer.encode("")
    template = tokenizer.encode("a")
    special = [i for i, s in zip(template.ids, template.special_tokens_mask, strict=True) if s]
    if special != empty.ids:
        return None
    left = tuple(c for c, n in normal.items() if _stands_not_alone(n))
    ends = template.special_tokens_mask.index(0)
    return Unigram(
        hashes, order.astype(np.int32), scores[order], normal, left, added, int(lengths.max()), int(model["unk_id"]),
        float(scores.min()) - _UNKNOWN_PENALTY, tuple(special[:ends]), tuple(special[ends:]),
    )  # fmt: skip


def save_unigram(unigram: Unigram, folder: Path) -> None:
    """Write ``folder/unigram.npz`` (5 MB for 250,000 pieces)."""
    names = ("normal", "left", "added", "longest", "unknown", "unknown_score", "head", "tail")
    rest = {name: getattr(unigram, name) for name in names}
    text = np.frombuffer(json.dumps(rest).encode(), np.uint8)
    np.savez(folder / FILE, hashes=unigram.hashes, ids=unigram.ids, scores=unigram.scores, rest=text)


def load_unigram(path: Path) -> Unigram:
    """What ``save_unigram`` wrote."""
    with np.load(path) as arrays:
        rest = json.loads(arrays["rest"].tobytes())
        rest |= {name: tuple(rest[name]) for name in ("left", "added", "head", "tail")}
        return Unigram(arrays["hashes"], arrays["ids"], arrays["scores"], **rest)


def _codes(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64) + np.uint64(1)


def _is_plain(char: str) -> bool:
    code = ord(char)
    return any(a <= code <= b for a, b in _PLAIN)


def _stands_not_alone(text: str) -> bool:
    return any(unicodedata.combining(c) or c == _META for c in text)
