"""The lexicon as the rest of the program uses it: what a question's words name, and their other wordings."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from pathlib import Path

from assistant.lexicon import loading
from assistant.lexicon.folding import squeeze
from assistant.lexicon.matching import Found, WordIndex, base_forms, english_words, key_of, without_overlaps
from assistant.lexicon.places import PlaceFinder
from assistant.lexicon.values import (
    EnglishWord,
    EverydayWord,
    Measure,
    Mention,
    MentionKind,
    PeriodWords,
    Province,
    Region,
    Term,
    Topic,
)
from assistant.settings import data_dir
from assistant.text import fold, has_cjk

_Names = tuple[str, ...]


class Lexicon:
    """Provinces, regions, measures, terms, topics and period words of one folder; safe for many threads."""

    def __init__(self, folder: Path) -> None:
        provinces, english_cities, tables = loading.read_provinces(folder / "provinces.toml")
        regions, region_not_before = loading.read_regions(folder / "regions.toml", provinces)
        rules = loading.read_place_rules(folder / "provinces.toml", tables, region_not_before)
        self.provinces: tuple[Province, ...] = provinces
        self.regions: tuple[Region, ...] = regions
        self.measures: tuple[Measure, ...] = loading.read_measures(folder / "measures.toml")
        self.terms: tuple[Term, ...] = loading.read_terms(folder / "terms.tsv")
        self.english: tuple[EnglishWord, ...] = loading.read_english(folder / "english.tsv")
        self.everyday: tuple[EverydayWord, ...] = loading.read_plain(folder / "plain.tsv")
        self.topics: tuple[Topic, ...] = loading.read_topics(folder / "topics.toml", self.measures)
        self.periods: tuple[PeriodWords, ...] = loading.read_periods(folder / "periods.toml")
        self._by_alias = WordIndex([(a, p) for p in provinces for a in p.aliases])
        self._measures = _index((m.id, (m.name, *m.synonyms, *m.english)) for m in self.measures)
        self._places = PlaceFinder(
            provinces,
            regions,
            english_cities=english_cities,
            rules=rules,
            is_measure_at=lambda text, at: self._measures.longest_at(text, at) is not None,
        )

    # Built when first asked for: together they would double the time to load.

    @cached_property
    def _terms(self) -> WordIndex[_Names]:
        return _index((t.name, (t.name, *t.synonyms, *t.english)) for t in self.terms)

    @cached_property
    def _topics(self) -> WordIndex[_Names]:
        return _index((t.name, (t.name, *t.synonyms, *t.english)) for t in self.topics)

    @cached_property
    def _periods(self) -> WordIndex[_Names]:
        return _index((kind + p.name, words) for p in self.periods for kind, words in (("", p.words), ("~", p.weak)))

    @cached_property
    def _words(self) -> WordIndex[_Names]:
        meant: dict[str, tuple[str, list[str]]] = {}
        for word in self.english:
            for english in word.english:
                meant.setdefault(key_of(english), (english, []))[1].extend(word.chinese)
        everyday = [(word, w.official) for w in self.everyday for word in w.everyday]
        return WordIndex([(word, tuple(dict.fromkeys(chinese))) for word, chinese in (*meant.values(), *everyday)])

    # --- places

    def province(self, name: str) -> Province | None:
        """The province of a full, short, one-character, English or pinyin name, or ``None``."""
        return self._by_alias.get(name.strip())

    def region(self, name: str) -> Region | None:
        """The region of one of its names, or ``None``."""
        key = key_of(name)
        return next((r for r in self.regions if key in map(key_of, (r.name, *r.aliases, *r.english))), None)

    def find_provinces(self, text: str) -> tuple[Mention, ...]:
        """Provinces and regions; one-character names only where they stand as a place. Institutions are left out."""
        return self._places.find(text)

    def find_cities(self, text: str) -> tuple[Mention, ...]:
        """Well-known cities; ``names`` holds the province, ``text`` the city."""
        return self._places.find_cities(text)

    def guess_provinces(self, text: str) -> tuple[Mention, ...]:
        """Provinces probably meant by misspelt names; several ``names`` where it could be either."""
        return self._places.guess(text)

    # --- measures, terms, topics, periods

    def measure(self, wording: str) -> Measure | None:
        """The measure of an id or of one of its wordings, or ``None``."""
        names = self._measures.get(wording) or (wording,)
        return next((m for m in self.measures if m.id == names[0]), None)

    def find_measures(self, text: str) -> tuple[Mention, ...]:
        """Measures (``names`` are ids), the longest wording first, none overlapping another."""
        return _mentions(text, self._measures, "measure")

    def find_terms(self, text: str) -> tuple[Mention, ...]:
        """Policy terms; an English name that several terms share gives them all."""
        return _mentions(text, self._terms, "term")

    def find_topics(self, text: str) -> tuple[Mention, ...]:
        """Topics."""
        return _mentions(text, self._topics, "topic")

    def find_periods(self, text: str) -> tuple[Mention, ...]:
        """Words of a period: ``names`` is ("review",) …, or ("~review",) for a word that only leans that way."""
        return _mentions(text, self._periods, "period")

    def find_words(self, text: str) -> tuple[Mention, ...]:
        """Ordinary words that reports do not use: English ones, inflected or not, and everyday Chinese ones.

        ``names`` are the words of reports.
        """
        found = _mentions(text, self._words, "word")
        taken = {i for m in found for i in range(m.start, m.end)}
        inflected = [
            Mention(word.start, word.end, text[word.start : word.end], chinese, "word")
            for word in english_words(fold(text))
            if word.start not in taken and (chinese := self._uninflected(word.stem))
        ]
        return tuple(sorted((*found, *inflected), key=lambda m: m.start))

    def _uninflected(self, stem: str) -> _Names:
        """The Chinese of the word that an inflected one comes from; empty if none is known."""
        return next((chinese for base in base_forms(stem) if (chinese := self._words.get(base))), ())

    # --- wordings

    def synonyms_of(self, word: str) -> tuple[str, ...]:
        """All wordings, English too, of the measure, term, topic, province or region that this word names; else none."""
        return self._groups.get(key_of(word), ())

    def translate(self, english_text: str) -> tuple[str, ...]:
        """The Chinese words for the English terms in a text, in its order, each once."""
        found = [(f.start, f.end, f.value) for f in self._translations.longest_first(squeeze(english_text))]
        taken = {i for start, end, _ in found for i in range(start, end)}
        words = (m for m in self.find_words(english_text) if taken.isdisjoint(range(m.start, m.end)))
        found += [(m.start, m.end, m.names) for m in words]
        return tuple(dict.fromkeys(word for _, _, names in sorted(found) for word in names))

    def english_name(self, name: str) -> str:
        """The English name of a province, region, measure (id or wording), term or topic; the name itself if none."""
        province = self.province(name)
        if province is not None:
            return province.english
        measure = self.measure(name)
        if measure is not None:
            return measure.english[0] if measure.english else measure.name
        return next((w for w in self.synonyms_of(name) if not has_cjk(w)), name)

    def words(self) -> tuple[str, ...]:
        """Every Chinese wording of two characters or more without punctuation or spaces, for a segmenter."""
        wordings = [w for p in self.provinces for w in (*p.aliases, *p.cities)]
        wordings += [w for group in self._groups.values() for w in group]
        return tuple(sorted({w for w in wordings if len(w) > 1 and has_cjk(w) and w.isalnum()}))

    @cached_property
    def _groups(self) -> dict[str, tuple[str, ...]]:
        """Key of a wording → all wordings of what it names. Measures win over terms, terms over topics."""
        groups: list[tuple[str, ...]] = [(m.name, *m.synonyms, *m.english) for m in self.measures]
        groups += [(t.name, *t.synonyms, *t.english) for t in self.terms]
        groups += [(t.name, *t.synonyms, *t.english) for t in self.topics]
        groups += [(r.name, *r.aliases, *r.english) for r in self.regions]
        groups += [(p.name, *(a for a in p.aliases if a != p.name)) for p in self.provinces]
        out: dict[str, tuple[str, ...]] = {m.id: g for m, g in zip(self.measures, groups, strict=False)}
        for group in groups:
            for wording in group:
                out.setdefault(key_of(wording), group)
        return out

    @cached_property
    def _translations(self) -> WordIndex[_Names]:
        groups: list[tuple[str, tuple[str, ...]]] = [(m.name, m.english) for m in self.measures]
        groups += [(t.name, t.english) for t in self.terms]
        groups += [(t.name, t.english) for t in self.topics]
        groups += [(r.name, r.english) for r in self.regions]
        groups += [(p.name, tuple(a for a in p.aliases if not has_cjk(a))) for p in self.provinces]
        return _index((name, tuple(w for w in words if not has_cjk(w))) for name, words in groups)


def _index(groups: Iterable[tuple[str, tuple[str, ...]]]) -> WordIndex[_Names]:
    """Each wording → the names of all that it can mean, in the order given."""
    names: dict[str, tuple[str, dict[str, None]]] = {}
    for name, wordings in groups:
        for wording in wordings:
            names.setdefault(key_of(wording), (wording, {}))[1][name] = None
    return WordIndex([(wording, tuple(meant)) for wording, meant in names.values()])


def _mentions(text: str, index: WordIndex[_Names], kind: MentionKind) -> tuple[Mention, ...]:
    found: list[Found[_Names]] = without_overlaps(index.longest_first(squeeze(text)))
    return tuple(Mention(f.start, f.end, text[f.start : f.end], f.value, kind) for f in found)


def load_lexicon(folder: Path | None = None) -> Lexicon:
    """The lexicon of a folder (default: the shipped one), read once for each folder.

    :raises LexiconError: a file is missing or wrong; the message names the file, the entry, the key and the remedy.
    """
    return _load((folder if folder is not None else data_dir("index/lexicon")).resolve())


@lru_cache(maxsize=8)
def _load(folder: Path) -> Lexicon:
    return Lexicon(folder)
