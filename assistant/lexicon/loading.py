"""The lexicon's files → its values, with everything checked that an editor could get wrong."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

from assistant.errors import LexiconError
from assistant.lexicon.matching import key_of
from assistant.lexicon.places import PlaceRules
from assistant.lexicon.reading import Entry, entries, read_toml, read_tsv
from assistant.lexicon.values import EnglishWord, EverydayWord, Measure, PeriodWords, Province, Region, Term, Topic
from assistant.text import has_cjk
from assistant.types import PERIODS

_KINDS_IN_ENGLISH = {
    "省": ("Province",),
    "市": ("Municipality", "City"),
    "自治区": ("Autonomous Region",),
    "特别行政区": ("Special Administrative Region", "SAR"),
}


def read_provinces(path: Path) -> tuple[tuple[Province, ...], dict[str, str], dict[str, Any]]:
    """The provinces, the English names of cities (→ province), and the file's other tables."""
    data = read_toml(path, ("province", "not_places", "institutions", "letters"))
    english_cities: dict[str, str] = {}
    provinces = []
    for number, raw in enumerate(entries(data, "province", file=path.name), start=1):
        entry = Entry(raw, file=path.name, place=f"province {raw.get('name', number)!r}")
        province, cities = _read_province(entry)
        provinces.append(province)
        english_cities |= dict.fromkeys(cities, province.name)
    _check_unique(((p.name, w) for p in provinces for w in p.aliases), file=path.name, kind="province")
    for a, b in combinations(provinces, 2):
        for key in ("code", "tile"):
            if getattr(a, key) == getattr(b, key):
                value = getattr(a, key)
                raise LexiconError(
                    f"{path.name}, province {b.name!r}, key {key!r}: {value!r} is {a.name}'s; give another"
                )
    return tuple(provinces), english_cities, data


def _read_province(entry: Entry) -> tuple[Province, tuple[str, ...]]:
    name, full, code = entry.string("name"), entry.string("full"), entry.string("code")
    english, syllables = entry.string("english"), entry.string("pinyin").split()
    letters = entry.strings("letters")
    if any(len(x) != 1 for x in letters):
        raise entry.fail(
            "letters", f"is {list(letters)!r}: each must be one character; longer ones belong in 'aliases'"
        )
    if len(code) != 2 or not code.isdigit():
        raise entry.fail("code", f"is {code!r} and must be two digits in quotation marks")
    kind = next((k for k in ("特别行政区", "自治区", "省", "市") if full.endswith(k)), "")
    if not kind:
        raise entry.fail("full", f"is {full!r} and must end in 省, 市, 自治区 or 特别行政区")
    wordings = (name, full, *letters, *entry.words("aliases"), english, *entry.words("english_aliases"))
    generated = [*_joinings(syllables), *(f"{english} {k}" for k in _KINDS_IN_ENGLISH[kind])]
    province = Province(
        name=name,
        full=full,
        code=code,
        letters=letters,
        english=english,
        aliases=tuple(dict.fromkeys((*wordings, *generated))),
        tile=entry.pair("tile"),
        own_words=entry.words("own_words"),
        misspellings=entry.words("misspellings"),
        cities=entry.words("cities"),
    )
    cities = entry.words("cities_english")
    entry.done()
    return province, cities


def _joinings(syllables: list[str]) -> list[str]:
    """``hei long jiang`` → heilongjiang, hei longjiang, heilong jiang, hei long jiang."""
    out = [syllables[0]]
    for syllable in syllables[1:]:
        out = [written + gap + syllable for written in out for gap in ("", " ")]
    return out


def read_regions(path: Path, provinces: tuple[Province, ...]) -> tuple[tuple[Region, ...], tuple[str, ...]]:
    """The regions, and the words after which a region's name is not one."""
    data = read_toml(path, ("region", "not_before"))
    order = {p.name: i for i, p in enumerate(sorted(provinces, key=lambda p: p.code))}
    regions = []
    for number, raw in enumerate(entries(data, "region", file=path.name), start=1):
        entry = Entry(raw, file=path.name, place=f"region {raw.get('name', number)!r}")
        members = entry.strings("provinces")
        for member in members:
            if member not in order:
                raise entry.fail("provinces", f"{member!r} is not a 'name' of provinces.toml")
        if not members:
            raise entry.fail("provinces", "is empty: name at least one province")
        regions.append(
            Region(
                name=entry.string("name"),
                aliases=entry.words("aliases"),
                english=entry.words("english"),
                provinces=tuple(sorted(members, key=order.__getitem__)),
                source=entry.string("source"),
                direction=entry.flag("direction"),
            )
        )
        entry.done()
    _check_unique(
        ((r.name, w) for r in regions for w in (r.name, *r.aliases, *r.english)), file=path.name, kind="region"
    )
    top = Entry(data, file=path.name, place="at the top")
    return tuple(regions), top.strings("not_before")


def read_place_rules(path: Path, data: dict[str, Any], region_not_before: tuple[str, ...]) -> PlaceRules:
    """The word lists of ``provinces.toml``."""

    def table(name: str) -> Entry:
        value = data.get(name)
        if not isinstance(value, dict):
            raise LexiconError(f"{path.name}: the table {name!r} is missing: put [{name}] back")
        return Entry(value, file=path.name, place=f"[{name}]")

    places, institutions, letters = table("not_places"), table("institutions"), table("letters")
    rules = PlaceRules(
        not_places=places.words("chinese") + places.words("english"),
        region_not_before=region_not_before,
        institution_middle=institutions.strings("middle"),
        institution_ends=institutions.strings("ends"),
        institution_not_after=institutions.strings("not_after"),
        institution_english=institutions.strings("english_ends"),
        weak=frozenset(letters.strings("weak")),
        before=letters.strings("before"),
        after=letters.strings("after"),
        after_weak=letters.strings("after_weak"),
        together=letters.strings("together"),
        not_before=letters.strings("not_before"),
        links=letters.strings("links"),
    )
    for entry in (places, institutions, letters):
        entry.done()
    return rules


def read_measures(path: Path) -> tuple[Measure, ...]:
    """The measures, each wording in one of them only."""
    data = read_toml(path, ("measure",))
    measures = []
    for number, raw in enumerate(entries(data, "measure", file=path.name), start=1):
        entry = Entry(raw, file=path.name, place=f"measure {raw.get('id', number)!r}")
        measures.append(
            Measure(
                id=entry.string("id"),
                name=entry.string("name"),
                synonyms=entry.words("synonyms"),
                english=entry.words("english"),
                units=entry.strings("units"),
                topic=entry.string("topic"),
            )
        )
        entry.done()
    _check_unique(((m.id, m.id) for m in measures), file=path.name, kind="measure", repeats=True)
    wordings = ((m.id, w) for m in measures for w in (m.name, *m.synonyms, *m.english))
    _check_unique(wordings, file=path.name, kind="measure")
    return tuple(measures)


def read_terms(path: Path) -> tuple[Term, ...]:
    """The policy terms: a word, its other wordings, its English names; several separated by ``|``."""
    terms = []
    for _, (name, synonyms, english) in read_tsv(path, ("term", "synonyms", "English")):
        terms.append(Term(name, _split(synonyms), _split(english)))
    _check_unique(((t.name, t.name) for t in terms), file=path.name, kind="term", repeats=True)
    _check_unique(((t.name, w) for t in terms for w in (t.name, *t.synonyms)), file=path.name, kind="term")
    return tuple(terms)


def read_english(path: Path) -> tuple[EnglishWord, ...]:
    """Ordinary English words and their Chinese; a word may stand in several lines if it has several meanings."""
    words = []
    for number, (english, chinese) in read_tsv(path, ("English", "Chinese")):
        word = EnglishWord(_split(english), _split(chinese))
        wrong = next((w for w in word.english if has_cjk(w) or not key_of(w)), None) or next(
            (w for w in word.chinese if not has_cjk(w) and not w.isalnum()), None
        )
        if wrong or not word.chinese:
            raise LexiconError(
                f"{path.name}, line {number}: {wrong or english!r} is in the wrong column or has no translation;"
                " write the English words, a tab, and the Chinese ones"
            )
        words.append(word)
    return tuple(words)


def read_plain(path: Path) -> tuple[EverydayWord, ...]:
    """Everyday Chinese words and what reports write for them; each everyday word in one line only."""
    words = []
    for number, (everyday, official) in read_tsv(path, ("everyday", "official")):
        word = EverydayWord(_split(everyday), _split(official))
        if not word.official or not all(map(has_cjk, (*word.everyday, *word.official))):
            raise LexiconError(
                f"{path.name}, line {number}: {everyday!r} has no official wording, or one of them is not Chinese;"
                " write the everyday words, a tab, and the official ones"
            )
        words.append(word)
    _check_unique(((w.everyday[0], e) for w in words for e in w.everyday), file=path.name, kind="everyday word")
    return tuple(words)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def read_topics(path: Path, measures: tuple[Measure, ...]) -> tuple[Topic, ...]:
    """The topics; the measures they name must exist, and each measure's topic must be one of them."""
    data = read_toml(path, ("topic",))
    ids = {m.id for m in measures}
    topics = []
    for number, raw in enumerate(entries(data, "topic", file=path.name), start=1):
        entry = Entry(raw, file=path.name, place=f"topic {raw.get('name', number)!r}")
        topic = Topic(
            name=entry.string("name"),
            synonyms=entry.words("synonyms"),
            english=entry.words("english"),
            measures=entry.strings("measures"),
            covers=entry.strings("covers"),
        )
        for one in topic.measures:
            if one not in ids:
                raise entry.fail("measures", f"{one!r} is not an 'id' of measures.toml")
        entry.done()
        topics.append(topic)
    _check_unique(
        ((t.name, w) for t in topics for w in (t.name, *t.synonyms, *t.english)), file=path.name, kind="topic"
    )
    names = {t.name for t in topics}
    for m in measures:
        if m.topic not in names:
            raise LexiconError(
                f"measures.toml, measure {m.id!r}, key 'topic': {m.topic!r} is not a 'name' of topics.toml"
            )
    return tuple(topics)


def read_periods(path: Path) -> tuple[PeriodWords, ...]:
    """The words of each period."""
    data = read_toml(path, PERIODS)
    out = []
    for name in PERIODS:
        if not isinstance(data.get(name), dict):
            raise LexiconError(f"{path.name}: the table {name!r} is missing: put [{name}] back")
        entry = Entry(data[name], file=path.name, place=f"[{name}]")
        out.append(PeriodWords(name, entry.words("words"), entry.words("weak")))
        entry.done()
    return tuple(out)


def _check_unique(owned: Iterable[tuple[str, str]], *, file: str, kind: str, repeats: bool = False) -> None:
    """Each wording belongs to one entry; with ``repeats`` none may even come twice in the same."""
    owners: dict[str, str] = {}
    for owner, wording in owned:
        key = key_of(wording)
        if not key:
            raise LexiconError(f"{file}, {kind} {owner!r}: {wording!r} has no character or letter; remove it")
        if owners.setdefault(key, owner) != owner or (repeats and owners.get(f"\0{key}") is not None):
            raise LexiconError(
                f"{file}, {kind} {owner!r}: {wording!r} already belongs to {owners[key]!r}; keep it in one of them"
            )
        if repeats:
            owners[f"\0{key}"] = owner
