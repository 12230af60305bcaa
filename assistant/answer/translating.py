"""Whether English words of a language model say what one Chinese clause of its evidence says, figure and all.

A translation cannot be checked by a program, except where it is made of names that the lexicon knows. So an English
part says one figure of one thing, every Chinese word of that figure's clause being meant by one of its words; or it
quotes whole clauses in Chinese; anything else is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answer.amounts import STRENGTH, kinds_in, without_bounds
from assistant.answer.claims import unquoted
from assistant.answer.retelling import DENIAL, Clause, Frame, is_retold
from assistant.lexicon import Lexicon
from assistant.numerals import Figure, figures
from assistant.text import fold, has_cjk, squeezed

_HAN_RUN = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]+")
_WORD = re.compile(r"[a-z][a-z&+'-]*|,")
_STOCK = frozenset(
    (
        ", a an the this its it and or as of in on at by to for from with is are be been was were will shall has have had s"
        " province provincial autonomous region municipality government report reports work says said states stated according"
        " sets set setting aims aim aimed aiming plans plan planned planning targets target targeted goal goals intends intend"
        " seeks seek strives strive proposes propose proposed calls expects expect expected"
        " reach reaches reached reaching achieve achieves achieved achieving attain bring brings total totals number numbers"
        " figure level year years result results end growth grow grows grew growing increase increases increased increasing rise rose rising"
        " raise raises raised decrease decline declined fall fell falling reduce reduced new newly add adds added additional"
        " exceed exceeds exceeding exceeded surpass surpassing respectively five-year review period made came stood stands text source"
    ).split()
)
"""Words around the evidence. None of them can deny, narrow, compare or order; those of kind and role are judged
elsewhere (``amounts``, ``roles``)."""
_MENTIONS = re.compile(r"\b(?:mention(?:s|ed)|refer(?:s|red) to|names?|uses? the (?:term|words?))\s*$")
_LEFT = re.compile(
    r"增长|增加|提高|上升|下降|减少|降低|新增|净增|达到了?|达|实现|完成|力争|确保|有望|努力|同比|比上年|的|到|至|为|了|,|、"
)
"""What a clause with a figure may have beside the thing and the figure: ``amounts`` holds English to it."""
_QUOTING = Frame(joints=tuple(",;:.!"))
"""Inside a quotation."""


def translation_problem(
    text: str, own: str, *, told: Sequence[Clause], results: Sequence[str], lexicon: Lexicon
) -> str | None:
    """Why an English part does not say what its evidence says; ``None`` if it does.

    :param text: the part with its quotations; ``own``: with ``＿`` for each.
    :param told: the clauses of what it cites; ``results``: figures that the program computed from exactly that.
    """
    own = without_bounds(_without_places(fold(own), lexicon))
    loose = [run for run in _HAN_RUN.findall(_without_figures(own)) if STRENGTH.sub("", run)]
    if loose:
        return "it uses words that its evidence does not have"
    quoted = unquoted(text)[1]
    if not all(_stands(q, told, own=own) for q in quoted):
        return "it quotes half a clause"
    computed = {(f.value, f.unit) for r in results for f in figures(r)}
    numbers = [f for f in figures(own) if (f.value, f.unit) not in computed]
    if len(numbers) > 1:
        return "it gives several figures in one claim"
    if numbers:
        clauses = [c for c in told if any(_equal(numbers[0], f) for f in figures(c.text))]
        if any(_says(own, c, lexicon=lexicon) for c in clauses):
            return None
        return "it does not say what its figure is of"
    if not _is_stock(own, told, lexicon=lexicon):
        return "it speaks of what its evidence does not mention"
    return None if quoted or computed else "it cannot be traced to its evidence"


def _without_places(own: str, lexicon: Lexicon) -> str:
    for m in reversed(lexicon.find_provinces(own)):
        own = f"{own[: m.start]} , {own[m.end :]}"
    return own


def _without_figures(own: str) -> str:
    for f in reversed(figures(own)):
        own = f"{own[: f.start]} , {own[f.end :]}"
    return own


def _equal(own: Figure, given: Figure) -> bool:
    return (own.value, own.high) == (given.value, given.high)


def _stands(quoted: str, told: Sequence[Clause], *, own: str) -> bool:
    """Whether a quotation is of whole clauses, or a term that the sentence says is mentioned."""
    if is_retold(quoted, told, frame=_QUOTING):
        return True
    term = squeezed(quoted)
    mentioned = _MENTIONS.search(own[: own.find("_")].rstrip(' "')) is not None and len(term) <= 20
    return mentioned and any(term in c.text and not DENIAL.search(c.text) for c in told)


def _says(own: str, clause: Clause, *, lexicon: Lexicon) -> bool:
    """Whether own words and clause mean each other, word by word, the figure aside."""
    left = _without_strength(clause.text)
    words = _without_figures(own)
    if not kinds_in(words) <= kinds_in(clause.text):
        return False
    for mention in reversed(lexicon.find_measures(words)):
        known = [m for n in mention.names if (m := lexicon.measure(n)) is not None]
        left, found = _taken(left, [w for m in known for w in (m.name, *m.synonyms)])
        if not found:
            return False
        words = f"{words[: mention.start]} , {words[mention.end :]}"
    at = 0
    tokens = _WORD.findall(words)
    while at < len(tokens):
        for width in (4, 3, 2, 1):
            left, found = _taken(left, _meanings(tokens[at : at + width], lexicon))
            if found:
                break
        if not found and tokens[at] not in _STOCK:
            return False
        at += width if found else 1
    return not re.search(r"\w", _LEFT.sub("", left))


def _without_strength(clause: str) -> str:
    """The clause without its one figure; with several it stays as it is, for no word can mean a figure."""
    found = figures(clause)
    return f"{clause[: found[0].start]},{clause[found[0].end :]}" if len(found) == 1 else clause


def _taken(left: str, wordings: Sequence[str]) -> tuple[str, bool]:
    """What is left of a clause without the longest of these wordings, and whether it has one."""
    for word in sorted({squeezed(w) for w in wordings}, key=len, reverse=True):
        if word and has_cjk(word) and word in left:
            return left.replace(word, ",", 1), True
    return left, False


def _meanings(words: Sequence[str], lexicon: Lexicon) -> list[str]:
    """What these words mean together in Chinese; no word of them is there for nothing."""
    meant = lexicon.translate(" ".join(words))
    parts = {lexicon.translate(" ".join(part)) for part in (words[1:], words[:-1]) if part}
    return [*meant, *lexicon.synonyms_of(meant[0])] if len(meant) == 1 and meant not in parts else []


def _is_stock(own: str, told: Sequence[Clause], *, lexicon: Lexicon) -> bool:
    """Whether own words beside a quotation claim nothing: stock words, and measures that the quote is about."""
    own = _without_figures(_MENTIONS_ANYWHERE.sub(" ", own))
    for mention in reversed(lexicon.find_measures(own)):
        known = [w for n in mention.names if (m := lexicon.measure(n)) is not None for w in (m.name, *m.synonyms)]
        if not any(_taken(c.text, known)[1] for c in told):
            return False
        own = f"{own[: mention.start]} , {own[mention.end :]}"
    return all(w in _STOCK for w in _WORD.findall(own))


_MENTIONS_ANYWHERE = re.compile(r"\b(?:mention(?:s|ed)|refer(?:s|red) to|names?|uses? the (?:term|words?))(?=\s*\"?_)")
