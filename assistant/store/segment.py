"""Text to search terms: words, figures kept whole, and characters by ones and twos. It knows no store.

What is indexed and what is asked go through the same ``Segmenter``, which the store records.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import operator
import re
from collections.abc import Iterable, Sequence
from typing import Any

from assistant.text import fold

# Scripts written without spaces: Han (with 〇 and 々), kana, Hangul.
_UNSPACED = "〇々\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
_RUN = re.compile(f"[{_UNSPACED}]+")
_UNIT = "%‰万亿"
# Kept whole beside the segmenter's own words, which cut them: 2.3万, 18%, 14.8, r&d, covid-19, c++.
# At most 40 letters a piece: no word has more, and a run of thousands would be looked through from each of its letters.
_WHOLE = re.compile(rf"\d+(?:\.\d+)?(?:万亿|[{_UNIT}])?|[a-z0-9]{1, 40}(?:[&+#./_-][a-z0-9]{1, 40})+|[a-z]{1, 40}[+#]+")
_HALVES = re.compile("[\ud800-\udfff]")  # JSON can carry half a character, which no library written in Rust takes
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)")
_GAP_AT_POINT = re.compile(rf"(?<=\d)[^\S\n]*\.[^\S\n]*(\d+)(?=[^\S\n]*[{_UNIT}])")  # not "1. 5g": no unit follows
_GAP_AT_UNIT = re.compile(rf"(?<=\d)[^\S\n]+(?=[{_UNIT}])")
# Segmented to tell whether two installations segment alike: words, unknown words, names, figures, old characters.
_PROBE = (
    "全省高新技術企業突破２.3 万家,技术合同成交额1,220亿元,实行揭榜挂帅,R&D经费占14. 8%;王小明赴乌兰察布市调研5G基站"
)


def plain(text: str) -> str:
    """The text as it is segmented: folded, figures without inner gaps and grouping commas."""
    text = _THOUSANDS.sub(lambda m: m[0].replace(",", ""), fold(_HALVES.sub(" ", text)))
    return _GAP_AT_UNIT.sub("", _GAP_AT_POINT.sub(r".\1", text))


def query_grams(text: str) -> list[str]:
    """The characters by twos of each run without spaces; a run of one character gives that character."""
    runs = _RUN.findall(plain(text))
    return [gram for run in runs for gram in (_pairs(run) if len(run) > 1 else run)]


def indexed_grams(text: str) -> list[str]:
    """As ``query_grams``, and every character by itself, so that a single one can be found."""
    return _grams_of(plain(text))


def _grams_of(folded: str) -> list[str]:
    grams: list[str] = []
    for run in _RUN.findall(folded):
        grams += run
        grams += _pairs(run)
    return grams


def _pairs(run: str) -> list[str]:
    return list(map(operator.add, run, run[1:]))


def _words(pieces: Iterable[str]) -> list[str]:
    """Those that have a letter, digit or Han character; nearly all are of these throughout, which is one call in C."""
    return [w for w in pieces if w.isalnum() or any(map(str.isalnum, w))]


@functools.cache
def _version() -> str:
    """Found once in a process: one that gives its rights away later may not read its own installation any more."""
    probe = "\n".join((*Segmenter._terms(_bare(), _PROBE), *indexed_grams(_PROBE)))
    return f"{importlib.metadata.version('rjieba')}+{hashlib.sha256(probe.encode()).hexdigest()[:8]}"


class Segmenter:
    """jieba's search mode (by rjieba) with further words; safe to share between threads.

    :param words: terms to keep whole (a policy term would be cut into its parts); those with a space are left out,
        since segmentation never joins across one.
    """

    name = "rjieba"

    def __init__(self, words: Iterable[str] = ()) -> None:
        kept = {plain(w.strip()) for w in words}
        self.words: tuple[str, ...] = tuple(sorted(w for w in kept if w and not any(c.isspace() for c in w)))
        self.pieces = functools.lru_cache(maxsize=KEPT)(self._pieces)  # a question brings some thirty synonyms
        self.grams = functools.lru_cache(maxsize=KEPT)(query_grams)

    @functools.cached_property
    def words_sha256(self) -> str:
        """SHA-256 of the words in order, one a line."""
        return hashlib.sha256("\n".join(self.words).encode()).hexdigest()

    @property
    def version(self) -> str:
        """The version of rjieba and a digest of how a fixed text is segmented, which also catches a changed folding."""
        return _version()

    @functools.cached_property
    def _jieba(self) -> Any:
        import rjieba

        if not self.words:
            return _bare()
        jieba = rjieba.Jieba()
        for word in self.words:
            jieba.add_word(word, None, None)
        return jieba

    def terms(self, text: str) -> list[str]:
        """The words of the text with the shorter words inside them, then its figures that the words cut.

        Punctuation is left out. Every term is folded as by ``plain``.
        """
        return self._terms(self._jieba, text)

    def words_of(self, text: str) -> list[str]:
        """The words of the text one after another, none inside another, punctuation left out; folded."""
        return _words(self._jieba.cut(plain(text), True))

    def _pieces(self, term: str) -> Sequence[str]:
        """The indexed words that stand for a term: itself where segmentation keeps it whole, else its parts."""
        folded = plain(term).strip()
        found = list(dict.fromkeys(self.terms(term)))
        return [folded] if folded in found else found

    def indexed(self, text: str) -> tuple[list[str], list[str]]:
        """The ``terms`` and the ``indexed_grams`` of a text, which is folded once for both."""
        folded = plain(text)
        return self._terms_of(self._jieba, folded), _grams_of(folded)

    @staticmethod
    def _terms(jieba: Any, text: str) -> list[str]:
        return Segmenter._terms_of(jieba, plain(text))

    @staticmethod
    def _terms_of(jieba: Any, text: str) -> list[str]:
        words = _words(jieba.cut_for_search(text, True))
        known = set(words)
        return words + [m[0] for m in _WHOLE.finditer(text) if m[0] not in known]


KEPT = 8192
"""Terms whose pieces and grams are remembered: those of the lexicon, which questions name over and over."""


@functools.cache
def _bare() -> Any:
    """The segmenter that rjieba makes at import: a second one would cost another 0.1 s."""
    import rjieba

    return rjieba
