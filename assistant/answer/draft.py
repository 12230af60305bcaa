"""What an answer is made of before the check: text with markers, and the spans that the markers stand for."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.types import Computed, Intent, Passage, Reason, Span, Status, Table


@dataclass(slots=True)
class Draft:
    """An answer under construction. ``cite`` numbers the spans; the same span keeps its number."""

    intent: Intent
    status: Status = "answered"
    reason: Reason | None = None
    text: str = ""
    short: str | None = None
    provinces: tuple[str, ...] = ()
    table: Table | None = None
    computed: list[Computed] = field(default_factory=list)
    spans: list[tuple[Span, Passage]] = field(default_factory=list)
    confidence: float = 0.0

    def cite(self, span: Span, passage: Passage) -> str:
        """The marker ``[n]`` of a span of a passage."""
        return f"[{self.number(span, passage)}]"

    def number(self, span: Span, passage: Passage) -> int:
        """The citation number of a span of a passage."""
        for n, (known, _) in enumerate(self.spans, start=1):
            if known == span:
                return n
        self.spans.append((span, passage))
        return len(self.spans)

    def count(self, value: int, formula: str) -> int:
        """A number that the program counted, recorded as computed; its inputs are the citations counted, if any."""
        if not any(c.value == str(value) and c.formula == formula for c in self.computed):
            self.computed.append(Computed(str(value), formula, tuple(range(1, len(self.spans) + 1))))
        return value
