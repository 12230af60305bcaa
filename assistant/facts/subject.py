"""What a sentence has been speaking of, carried from figure to figure, and the measures of figures that name none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.facts import words
from assistant.facts.nouns import EDGE, several
from assistant.numerals import Figure

Form = Literal["level", "growth", "increment", ""]

TOTAL = re.compile("累计|总数|总量|共|合计")
_RELATIVE = re.compile("占|高于|快于|低于|慢于|对[^，、]*贡献率$")
_RELATION = re.compile(r"(?<=\w\w)(?:占(?!比).*|(?:高于|快于|低于|慢于).*|对[^对]*贡献率)$")
_COUNT_LAST = re.compile("(?<=..)(?:起数|户数|人数|数量|总数)$")
_REMEMBERED = 12
"""Measures of a sentence that a later 分别 may mean; no list of a report is longer."""


@dataclass(slots=True)
class Subject:
    """What the clauses of a sentence have been speaking of, carried from figure to figure."""

    measure: str = ""
    form: Form = ""
    verb: str = ""  # the verb of change, for figures that share it
    per_cent: bool = False
    increment: bool = False
    several: tuple[str, ...] = ()
    together: tuple[str, ...] = ()  # the members of the last coordination, for growth that follows their levels
    counted: str = ""  # the words after the figure before, of which its noun was made
    headline: str = ""  # the short sentence before: 经营主体稳中培优。总量达…
    lead: str = ""  # the clause without figures before: A和B，分别增长5%和6%
    past: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)  # what was last counted in each unit
    frame: str = ""  # the words of time that hold: 到2030年，A达到…，B达到…
    since: int = 0  # where the clause begins in which the measure was named
    opened: int = -1  # where the clause before begins, if it only says by when: 到2030年，A达到…
    started: bool = False  # the figure before was a start: 从A …
    starts: int = 0  # how many more starts follow: 分别从A、B增加到C、D

    def renewed(self, lead: str, since: int, *, named: bool) -> Subject:
        """The subject after a clause without figures that names ``lead`` (经营主体规模壮大，总数突破1000万户), or says more."""
        return replace(
            self,
            measure=lead if named else "",
            lead=lead,
            form="",
            verb="",
            increment=False,
            several=(),
            since=since,
            started=False,
        )

    def whole(self, noun: str) -> str:
        """A generic noun (总数, 占全国) joined to what the sentence speaks of."""
        generic = noun in words.GENERIC or _RELATIVE.match(noun) is not None
        if generic and not self.measure and self.headline:
            return self.headline + noun
        if noun in words.PER_HEAD and self.measure:
            return noun + self.measure
        if noun in words.RATES:
            return self.measure or noun
        if noun in words.STAGES and self.measure:
            stage = next((s for s in words.STAGES if self.measure.endswith(s)), "")
            return self.measure.removesuffix(stage) + noun
        if generic and self.measure and not self.measure.endswith(noun):
            of = _RELATION.sub("", self.measure)
            return (of if noun in words.SHARES else _COUNT_LAST.sub("", of)) + noun
        return noun

    def speak_of(self, parts: tuple[str, ...], form: Form) -> None:
        """Speak of one thing from here on, or of several that the next figures belong to in turn."""
        self.measure, self.several, self.form, self.lead = parts[0], parts[1:], form, ""
        self.remember(parts[0])

    def remember(self, measure: str) -> None:
        """Keep a measure for a later 分别."""
        self.past.append(measure)
        del self.past[:-_REMEMBERED]

    def carry(self, figure: Figure, *, before: str, listed: bool, listing: int) -> None:
        """The measure of a figure that names none: the next of a coordination, or what was spoken of."""
        if TOTAL.match(before.strip(EDGE)) and self.units.get(figure.unit):
            self.measure = self.units[figure.unit]  # 新增公园127座，提前建成千座公园城市，累计达到1100座
        elif self.several and listed:
            self.measure, self.several = self.several[0], self.several[1:]
            self.remember(self.measure)
        elif listing > 1 and listing == len(self.together):
            self.measure, self.several = self.together[0], self.together[1:]
        elif "分别" in before and listing > 1 and len(set(led := several(self.lead, listing))) > 1:
            self.measure, self.several, self.lead = led[0], led[1:], ""
            for measure in led:
                self.remember(measure)
        elif "分别" in before and listing > 1 and len(self.past) >= listing:
            found = tuple(self.past[-listing:])
            self.measure, self.several = found[0], found[1:]
