"""Provinces, regions and cities in a text; it decides when 黑 is a province and when it is only black."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.lexicon.folding import Squeezed, squeeze
from assistant.lexicon.matching import Found, WordIndex, english_words
from assistant.lexicon.values import Mention, Province, Region
from assistant.text import fold

_NOT_CHINESE = re.compile(r"[^\u3400-\u9fff]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LATIN_WORDS = re.compile(r"[a-z ]*")
_OF_A_PLACE = re.compile(r"[省市区县州盟]$")


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """The word lists of ``provinces.toml`` and ``regions.toml`` that say what is no place, and when a letter is one."""

    not_places: tuple[str, ...]
    region_not_before: tuple[str, ...]
    institution_middle: tuple[str, ...]
    institution_ends: tuple[str, ...]
    institution_not_after: tuple[str, ...]
    institution_english: tuple[str, ...]
    weak: frozenset[str]
    before: tuple[str, ...]
    after: tuple[str, ...]
    after_weak: tuple[str, ...]
    together: tuple[str, ...]
    not_before: tuple[str, ...]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    kind: str  # province, region, city, none
    names: tuple[str, ...]
    direction: bool = False


@dataclass(frozen=True, slots=True)
class _Letter:
    at: int
    province: str
    weak: bool
    accepted: bool


class PlaceFinder:
    """Finds places; ``is_measure_at(squeezed, i)`` says whether a measure's name begins there (鲁研发投入)."""

    def __init__(
        self,
        provinces: tuple[Province, ...],
        regions: tuple[Region, ...],
        *,
        english_cities: dict[str, str],
        rules: PlaceRules,
        is_measure_at: Callable[[str, int], bool],
    ) -> None:
        self._rules = rules
        self._is_measure_at = is_measure_at
        self._letters = {letter: p.name for p in provinces for letter in p.letters}
        words: list[tuple[str, _Place]] = [(w, _Place("none", ())) for w in rules.not_places]
        for p in provinces:
            words += [(a, _Place("province", (p.name,))) for a in p.aliases if a not in p.letters]
            words += [(c, _Place("city", (p.name,))) for c in p.cities]
        words += [(c, _Place("city", (name,))) for c, name in english_cities.items()]
        for r in regions:
            for alias in (r.name, *r.aliases, *r.english):
                words.append((alias, _Place("region", r.provinces, r.direction)))
        self._index = WordIndex(words)
        middle = "|".join(sorted(map(re.escape, rules.institution_middle), key=len, reverse=True)) or r"(?!)"
        ends = "|".join(map(re.escape, rules.institution_ends)) or r"(?!)"
        later = "|".join(map(re.escape, rules.institution_not_after)) or r"(?!)"
        self._institution = re.compile(rf"(?:{middle})*(?:{ends})(?!{later})")
        self._institution_english = tuple(tuple(e.split()) for e in rules.institution_english)
        self._links = re.compile("|".join(sorted(map(re.escape, rules.links), key=len, reverse=True)) or r"(?!)")
        self._misspellings = WordIndex([(m, p.name) for p in provinces for m in p.misspellings])
        self._long_names = {
            fold(n): p.name for p in provinces for n in (p.name, p.full) if len(n) >= 5 or len(p.name) >= 3
        }
        self._english_names = {
            fold(p.english): p.name for p in provinces if len(p.english) >= 6 and " " not in p.english
        }

    def find(self, text: str) -> tuple[Mention, ...]:
        """Provinces, regions and one-character names, sorted, none overlapping another."""
        squeezed = squeeze(text)
        found = self._index.scan(squeezed)
        mentions = [
            Mention(
                f.start,
                f.end,
                text[f.start : f.end],
                f.value.names,
                "region" if f.value.kind == "region" else "province",
            )
            for f in found
            if f.value.kind in ("province", "region") and self._stands(f, found, squeezed)
        ]
        taken = {i for f in found for i in range(f.start, f.end)}
        mentions += self._find_letters(squeezed, taken, mentions)
        return tuple(sorted(mentions, key=lambda m: m.start))

    def find_cities(self, text: str) -> tuple[Mention, ...]:
        """Well-known cities; ``names`` is the province each lies in."""
        squeezed = squeeze(text)
        return tuple(
            Mention(f.start, f.end, text[f.start : f.end], f.value.names, "city")
            for f in self._index.scan(squeezed)
            if f.value.kind == "city" and not self._is_institution(squeezed, f.end)
        )

    def guess(self, text: str) -> tuple[Mention, ...]:
        """Places probably meant by misspelt names: curated errors, one wrong character in a long name or an English one."""
        squeezed = squeeze(text)
        known = {i for f in self._index.scan(squeezed) for i in range(f.start, f.end)}
        guesses = [
            Mention(f.start, f.end, text[f.start : f.end], (f.value,), "guess")
            for f in self._misspellings.scan(squeezed)
        ]
        guesses += self._guess_long(squeezed)
        guesses += self._guess_english(text)
        kept: list[Mention] = []
        for g in sorted(guesses, key=lambda m: (m.start - m.end, m.start)):
            if known.isdisjoint(range(g.start, g.end)) and not any(g.overlaps(k) for k in kept):
                kept.append(g)
        return tuple(sorted(kept, key=lambda m: m.start))

    def _stands(self, one: Found[_Place], found: list[Found[_Place]], text: Squeezed) -> bool:
        """Whether a word that can name a place does so here."""
        if self._is_institution(text, one.end):
            return False
        if one.value.kind != "region":
            return True
        rest = fold(text.original[one.end : one.end + 20])
        if rest.startswith(self._rules.region_not_before + self._rules.not_before):
            return False
        if not one.value.direction:
            return True
        before = text.original[: one.start].rstrip()
        joined = any(f.end == len(before) and f.value.kind in ("province", "city") for f in found)
        return not joined and _OF_A_PLACE.search(before) is None and before[-1:] not in self._letters

    def _is_institution(self, text: Squeezed, end: int) -> bool:
        rest = fold(text.original[end : end + 40])
        if self._institution.match(rest.lstrip()):
            return True
        words = tuple(_LATIN_WORDS.match(rest)[0].split())  # type: ignore[index]  # it matches the empty text too
        return any(words[: len(e)] == e for e in self._institution_english)

    def _find_letters(self, squeezed: Squeezed, taken: set[int], places: list[Mention]) -> Iterator[Mention]:
        text = squeezed.text
        free = [i for i, c in enumerate(text) if c in self._letters and squeezed.positions[i] not in taken]
        runs = _runs(free)
        letters = [
            _Letter(i, self._letters[text[i]], text[i] in self._rules.weak, ok)
            for run in runs
            for i, ok in self._judge(text, run)
        ]
        places_end = {m.end for m in places}
        places_start = {m.start for m in places}
        for at in _with_chained(letters, self._chains(squeezed, letters, places_start, places_end)):
            start, end = squeezed.span(at, at + 1)
            yield Mention(start, end, squeezed.original[start:end], (self._letters[text[at]],), "letter")

    def _judge(self, text: str, run: list[int]) -> list[tuple[int, bool]]:
        """Which letters of a run of neighbours stand as places by their context alone."""
        start, end = run[0], run[-1] + 1
        names = {self._letters[text[i]] for i in run}
        strong = [i for i in run if text[i] not in self._rules.weak]
        rest = text[end:]
        if len(run) == 1:
            weak = not strong
            ok = self._open_before(text, start, weak=weak) and self._open_after(text, end, weak=weak)
            return [(start, ok)]
        ok = (
            len(names) == len(run)
            and not rest.startswith(self._rules.not_before)
            and (
                rest.startswith(self._rules.together)
                or (len(run) >= 3 and bool(strong))
                or len(strong) == len(run)
                or (
                    bool(strong)
                    and self._open_before(text, start, weak=True)
                    and self._open_after(text, end, weak=False)
                )
            )
        )
        return [(i, ok) for i in run]

    def _open_before(self, text: str, at: int, *, weak: bool) -> bool:
        if at == 0:
            return True
        if _NOT_CHINESE.match(text[at - 1]):
            return not (weak and text[at - 1].isascii() and text[at - 1].isalnum())
        return text[:at].endswith(self._rules.before)

    def _open_after(self, text: str, at: int, *, weak: bool) -> bool:
        rest = text[at:]
        if weak:
            return rest.startswith(self._rules.after_weak) or _YEAR.match(rest) is not None
        return (
            not rest
            or _NOT_CHINESE.match(rest) is not None
            or rest.startswith(self._rules.after)
            or self._is_measure_at(text, at)
        )

    def _chains(
        self, squeezed: Squeezed, letters: list[_Letter], starts: set[int], ends: set[int]
    ) -> Iterator[list[_Letter]]:
        """Letters joined by 、 or 和 to each other or to a named province, open on both sides: 黑、吉、辽; 黑和吉."""
        text = squeezed.text
        group: list[_Letter] = []
        for one, following in pairwise([*letters, None]):
            if one is None:
                continue
            group.append(one)
            if following is not None and self._links.fullmatch(text, one.at + 1, following.at):
                continue
            if self._is_chain(squeezed, group, starts, ends):
                yield group
            group = []

    def _is_chain(self, squeezed: Squeezed, group: list[_Letter], starts: set[int], ends: set[int]) -> bool:
        text, first, last = squeezed.text, group[0].at, group[-1].at + 1
        after_place = any(
            self._links.fullmatch(text, at, first) and squeezed.positions[at - 1] + 1 in ends
            for at in range(max(1, first - 2), first)
        )
        before_place = any(
            self._links.fullmatch(text, last, at) and squeezed.positions[at] in starts
            for at in range(last + 1, min(last + 3, len(text)))
        )
        if len(group) == 1 and not (after_place or before_place):
            return False
        if len({one.province for one in group}) < len(group):
            return False
        open_left = after_place or self._open_before(text, first, weak=True)
        open_right = before_place or self._open_after(text, last, weak=False)
        return open_left and (open_right or (len(group) >= 3 and not all(one.weak for one in group)))

    def _guess_long(self, squeezed: Squeezed) -> Iterator[Mention]:
        text = squeezed.text
        for name, province in self._long_names.items():
            for at in range(len(text) - len(name) + 1):
                window = text[at : at + len(name)]
                if window == name or _NOT_CHINESE.search(window):
                    continue
                different = [i for i, (a, b) in enumerate(zip(window, name, strict=True)) if a != b]
                swapped = len(different) == 2 and sorted(window) == sorted(name) and different[1] - different[0] == 1
                if len(different) == 1 or swapped:
                    start, end = squeezed.span(at, at + len(name))
                    yield Mention(start, end, squeezed.original[start:end], (province,), "guess")

    def _guess_english(self, text: str) -> Iterator[Mention]:
        for word in english_words(fold(text)):
            if len(word.stem) < 5 or word.stem in self._english_names:
                continue
            names = tuple(p for name, p in self._english_names.items() if _one_edit_apart(word.stem, name))
            if names:
                yield Mention(word.start, word.end, text[word.start : word.end], names, "guess")


def _runs(places: list[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for i in places:
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _with_chained(letters: list[_Letter], chains: Iterator[list[_Letter]]) -> list[int]:
    accepted = {one.at for one in letters if one.accepted}
    for chain in chains:
        accepted.update(one.at for one in chain)
    return sorted(accepted)


def _one_edit_apart(a: str, b: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours makes one the other."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return (
        a[at + 1 :] == b[at + 1 :]
        or a[at + 1 :] == b[at:]
        or a[at:] == b[at + 1 :]
        or (a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :])
    )
