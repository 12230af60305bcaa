"""Whether Chinese words of a language model are its evidence's own: whole clauses, copied in order, in a known frame.

A program cannot tell whether a paraphrase is true: moved words, a dropped 严禁, a lost modifier (农村居民 told as 居民)
or an added 仅 make another claim of the same characters. So nothing is judged by likeness. A sentence is read as
*clauses of the quote*, each from its first to its last character, with nothing between but *frame words*, which claim
nothing of their own (that it is this province's plan of this year). What cannot be read so is not shown, true or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.numerals import figures
from assistant.text import clauses, fold, squeezed

DENIAL = re.compile(r"不|没|未(?!来)|无|非|禁|否|勿|莫|免|停|取消|放弃|杜绝|防止|避免|遏制|拒|除|仅|只|少|退出|淘汰")
"""Words that turn or narrow what stands behind them; a term is not taken from a clause that has one."""
_JOINTS = ", ; : . ! 、 和 与 及 以及 并 并且 同时 还 也 此外 另外".split()
_OPENING = (
    "政府工作报告 工作报告 报告 报告指出 报告显示 根据报告 根据政府工作报告 按照报告 按照政府工作报告 政府工作报告中 报告中 在报告中 在政府工作报告中"
    " 指出 显示 的 在 该省 该市 该区 本省 全省 全区 全市 全年 方面"
).split()
_INNER = "的 数量 总数 总量 该省 全省 全区 全市 ,".split()
"""Frame words that may stand inside a clause, before what is said of its thing: 高新技术企业[数量的目标]是2.3万家."""
_BEING = "是 为 达到 达".split()
"""Those that may stand before a figure only; before 增长 they would say what for."""
_PLAN = (
    "将 要 拟 将要 计划 规划 目标 目标是 目标为 计划是 计划中 规划中 目标中 预期 预期目标 预期目标是 预期目标为 发展目标 发展目标是 主要目标 主要目标是"
    " 打算 提出 提出了 提出的 明确 明确了 安排 部署"
).split()
_DONE = "完成 完成了 实现 实现了 取得 取得了 已 已经".split()
_FIVE = "五年 五年来 五年间 过去五年 未来五年 今后五年 五年计划 五年规划 五年目标".split()
_HEDGES = "力争 确保 有望 努力".split()
_CAUSATIVES = "推动 推进 带动 促进 使 实现 完成 达到 引导 争取 预计 预期".split()
_LEVELS = "达到了 达到 达 为".split()
"""What a figure's clause may lose: its hedges (``amounts`` sees that they stay with the figure) and its level verb."""
_PREDICATE = re.compile(
    rf"(?:{'|'.join((*_HEDGES, *_LEVELS))}|增长|增加|提高|上升|下降|减少|降低|增速|增幅|涨幅|突破|超过|了|到|至)+$"
)
_CHANGE = re.compile(
    r"(?:力争|确保|努力|有望|同比|比上年|较上年|比去年|年均|平均|分别|累计|总量|总数|总额|首次|再次|由|从|均|已|约|各|再|又|也)*"
    r"(?:增长|增加|增速|增幅|新增|净增|上升|提高|提升|扩大|下降|减少|降低|回落|下滑|达到|达|突破|超过|超|占|居|列|位居|排名|完成|实现|为)"
    r"(?:了|到|至|为|达|约|超过|突破|全国|[^,]{0,3}(?=\d))*(?=[\d一二三四五六七八九十百千万亿第前首])"
)
"""A clause without a subject of its own: what it says is said of the clause before."""
_CONTINUES = re.compile(
    r"其中|分别|并|且|也|还|但|而|却|从而|进而|以[^\d]|使|占|居(?!民|家|住)|均(?!衡)|其|该|此|这|那|否则|则|就(?!业)|才(?!能)|仍|都(?!市)|等|由此|对此"
    r"|为此|比(?!例|重|赛)|较|同比"
)
_LEADS = re.compile(
    r"^(?:如|若|凡|除|只要|只有|一旦|即使|虽|尽管|因|由于|不|在|当|对|经|按|到|至|截至|自|从).*|.*(?:(?<!以)下|时|后|前|的|外|情况|基础上|期间|以来|年|月|日|末|底|(?:期|年)内)$"
)
"""A clause that sets time, place or condition for the one behind it."""
_MENTION = re.compile(r"(?:提到|提及|写到|谈到)了?((?:\s*(?:[、和与]|以及)?\s*\"[^\"]{1,20}\")+)")
_MENTIONED = "提到_"
_MAX_STATES = 20_000
"""More than any honest sentence needs; a crafted one is given up rather than searched for long."""
_OPEN, _CLOSED = -1, -2
_NOTHING, _NAMED = -2, -3
_State = tuple[int, int, int]
"""Position in the text; the clause that is being read, or whether one may begin; position in it, or the one read last (none yet, or a name since)."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a quote, folded, without quotation marks and spaces; ``opens``: it can stand without the one before.

    ``slots`` are the positions where a frame word may stand: before what is said of each figure's thing (达到, 增长), and
    at the figures (``values``); ``ends`` those where it may be left: its end, and behind each figure that a 、 follows.
    """

    text: str
    opens: bool
    has_figure: bool
    slots: frozenset[int]
    values: frozenset[int]
    ends: frozenset[int]


@dataclass(frozen=True, slots=True)
class Frame:
    """Words, folded, that claim nothing of their own: before a clause, inside one, behind one, and between them.

    They are told apart because their places decide: 的, 其, 是, 为 or 使 between two clauses would say that the one is the
    other's cause, owner or end.
    """

    opening: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    being: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    joints: tuple[str, ...] = tuple(_JOINTS)
    says: bool = False
    """Whether the frame says something by itself: a computed figure."""


def frame_of(*, plan: bool, five: bool, names: Iterable[str], several: bool, computed: Sequence[str]) -> Frame:
    """The frame of sentences about these provinces and years (``names``).

    :param plan: they are about a target, not a result; ``five``: about five years; ``several``: about several provinces.
    :param computed: figures that the program computed from exactly what is cited.
    """
    told = sorted({squeezed(n) for n in names})
    timed = [f"{word}{n}" for n in told if n.endswith("年") for word in ("到", "截至", "至")]
    opening = [*_OPENING, *(_PLAN if plan else _DONE), *told, *timed, *(_FIVE if five else ())]
    if several:
        opening += ["均", "都"]
    if computed:
        opening += [*map(squeezed, computed), *"相差 差距 差额 两省 两者 二者 之间 之差 为 是".split()]
    inner = (*_INNER, *(("将", "要", "拟", "目标") if plan else ("已", "已经")), *told)
    being = (*_BEING, *(() if plan else ("达到了",)))
    return Frame(tuple(opening), inner, being, ("的目标", "目标", "的计划") if plan else (), says=bool(computed))


def clauses_of(quote: str, *, subjects: Sequence[str] = ()) -> tuple[Clause, ...]:
    """The clauses of a quote.

    :param subjects: what the quote's first clause is about, where it does not say so itself (增长12%以上).
    """
    text = fold(quote)
    out: list[Clause] = []
    before = ""
    for start, end in clauses(text):
        piece = squeezed(text[start:end]).rstrip(",;:。.!?！？、")
        if not piece:
            continue
        orphan = _is_orphan(piece, first=not out)
        opens = not orphan and not (before and _binds(before)) and text[:start].count('"') % 2 == 0
        if orphan and not out:
            out += [_clause(squeezed(s) + piece, opens=True) for s in subjects]
        out.append(_clause(piece, opens=opens))
        before = squeezed(text[start:end])
    return tuple(out)


def _is_orphan(clause: str, *, first: bool) -> bool:
    """Whether a clause says something of what the one before it names: 增长21%, but not 新增17家重点实验室.

    A quote's first clause is one for lack of a subject alone: the extractive answer shows it at the same place.
    """
    found = figures(clause)
    only_figures = bool(found) and len(clause) - found[-1].end < 2
    return bool((not first and _CONTINUES.match(clause)) or (only_figures and _CHANGE.match(clause)))


def _binds(before: str) -> bool:
    """Whether a clause holds for the one behind it: a condition, a time, or a colon behind a denial."""
    return bool(_LEADS.match(before.rstrip(",;:"))) or (before.endswith((":", "：")) and bool(DENIAL.search(before)))


def _clause(text: str, *, opens: bool) -> Clause:
    found = figures(text)
    ends = {f.end for f in found if text[f.end : f.end + 1] == "、"} | {len(text)}
    values = frozenset(f.start for f in found) - {0}
    slots = values | {m.start() for f in found if (m := _PREDICATE.search(text[: f.start]))}
    return Clause(text, opens, bool(found), slots - {0}, values, frozenset(ends))


def without_mentions(text: str, quotes: Sequence[str]) -> str | None:
    """Folded text with 提到“…” made one frame word; ``None`` if a term is not in a quote, or one that denies it."""
    folded = fold(text)
    whole = [squeezed(text[a:b]) for q in quotes for text in (fold(q),) for a, b in clauses(text)]
    for m in reversed(list(_MENTION.finditer(folded))):
        for term in re.findall(r"\"([^\"]+)\"", m[1]):
            if not any(squeezed(term) in c and not DENIAL.search(c) for c in whole):
                return None
        folded = f"{folded[: m.start()]}{_MENTIONED}{folded[m.end() :]}"
    return folded


def is_retold(text: str, told: Sequence[Clause], *, frame: Frame) -> bool:
    """Whether the text is made of whole clauses, in any order but each in its own, and of frame words.

    :param text: without markers; quotation marks and spaces do not count. A frame alone retells nothing.
    """
    words = squeezed(text).replace("。", ".").strip(",;:")
    seen: set[_State] = set()
    waiting: list[_State] = [(0, _OPEN, _NOTHING)]
    while waiting and len(seen) < _MAX_STATES:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        at, inside, j = state
        if inside < 0 and at == len(words) and (j != _NOTHING or frame.says):
            return True
        if inside < 0:
            waiting += _between(words, state, told=told, frame=frame)
        else:
            waiting += _within(words, state, clause=told[inside], frame=frame)
    return False


def _between(words: str, state: _State, *, told: Sequence[Clause], frame: Frame) -> Iterator[_State]:
    """Where reading can go on between clauses; ``state[2]`` is the clause read last."""
    at, where, last = state
    yield from ((at + len(w), _OPEN, last) for w in frame.joints if words.startswith(w, at))
    if where == _CLOSED:
        yield from ((at + len(w), _CLOSED, last) for w in frame.closing if words.startswith(w, at))
        return
    opened = _NOTHING if last == _NOTHING else _NAMED  # behind a name, 增长21% would be said of that name
    yield from ((at + len(w), _OPEN, opened) for w in frame.opening if words.startswith(w, at))
    if frame.opening and words.startswith(_MENTIONED, at):
        yield at + len(_MENTIONED), _CLOSED, _NAMED
    yield from ((at, i, 0) for i, c in enumerate(told) if c.opens or i == last + 1)


def _within(words: str, state: _State, *, clause: Clause, frame: Frame) -> Iterator[_State]:
    """Inside a clause, before its character ``state[2]``: one copied, a word of it dropped, a frame word added."""
    at, inside, j = state
    if j in clause.ends:
        yield at, _CLOSED, inside
    if at < len(words) and j < len(clause.text) and words[at] == clause.text[j]:
        yield at + 1, inside, j + 1
    hedges = _HEDGES if clause.has_figure else []
    dropped = [*hedges, *(_LEVELS if clause.has_figure and j else ()), *(() if j else _CAUSATIVES)]
    yield from ((at, inside, j + len(w)) for w in dropped if clause.text.startswith(w, j))
    if j < len(clause.text):
        added = [*(frame.inner if j in clause.slots else ()), *(frame.being if j in clause.values else ())]
        added += hedges if j in clause.slots or not j else []
        yield from ((at + len(w), inside, j) for w in added if words.startswith(w, at))
