"""What a reader's conversation keeps, what the browser keeps of it, and what chips and suggestions make of a turn."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from harmless import harmless
from hypothesis import given
from hypothesis import strategies as st
from serving import Scripted, answered
from small_reports import small_reports

from assistant.errors import QuestionError
from assistant.settings import Settings
from assistant.types import PERIODS
from assistant.ui.chips import changed, render_chips
from assistant.ui.conversation import (
    Conversation,
    Turn,
    answer_turn,
    askings_of,
    parse_asking,
    record_of,
    records_of,
)
from assistant.ui.holdings import Shelf
from assistant.ui.messages import say
from assistant.ui.seam import Asking
from assistant.ui.suggestions import Suggester, candidates


def asked(facade: Any, question: str, language="zh", history=()) -> Turn:
    return answer_turn(facade, Turn(1, Asking(question)), history, language)


# --- asking


def test_an_empty_question_gets_a_friendly_sentence():
    for empty in ("", "  \n", "\u3000", "\0"):
        facade = Scripted()
        assert asked(facade, empty).notice == say("zh", "empty")
        assert asked(facade, empty, "en").notice == say("en", "empty")
        assert facade.asked == []


def test_a_long_question_gets_a_friendly_sentence_and_is_not_repeated():
    facade = Scripted(settings=Settings(max_question_chars=10))
    turn = asked(facade, "长" * 100_000, "en")
    assert "100000 characters, more than the 10 allowed" in turn.notice
    assert len(turn.question) < 100
    assert facade.asked == []


def test_known_and_unknown_errors_become_sentences():
    known = asked(Scripted(says=QuestionError("unknown province 'x'")), "？", "en")
    assert known.notice == "This question could not be handled: unknown province 'x'"
    unknown = asked(Scripted(says=ZeroDivisionError("secret")), "？")
    assert unknown.notice == say("zh", "broken")


def test_limits_reach_the_facade_and_only_where_there_are_any():
    facade = Scripted()
    answer_turn(facade, Turn(1, Asking("？", ("福建",), (), ("plan",))), (), "zh")
    answer_turn(facade, Turn(1, Asking("？")), (), "zh")
    assert facade.limits == [{"provinces": ("福建",), "periods": ("plan",)}, {}]


def test_broken_characters_never_reach_the_facade():
    facade = Scripted()
    asked(facade, "a\0b\ud800c\x1b")
    assert facade.asked == [("a b?c", ())]


def test_only_answered_questions_become_history():
    conversation = Conversation()
    for question in ("一？", "", "二？"):
        turn = answer_turn(Scripted(), Turn(conversation.next_number, Asking(question)), conversation.history, "zh")
        conversation = conversation.plus(turn)
    assert conversation.history == ("一？", "二？")
    assert conversation.before(conversation.turns[-1]) == ("一？",)


def test_conversations_are_values_and_their_numbers_are_never_reused():
    first = Conversation()
    second = first
    for _ in range(60):
        second = second.plus(Turn(second.next_number, Asking("？")))
    assert first.turns == ()
    assert len(second.turns) == 50
    assert second.next_number == 61
    assert second.without_last().next_number == 60


def test_a_question_sent_twice_is_known_by_all_that_it_asks():
    conversation = Conversation().plus(Turn(1, Asking("？", ("山东",))))
    assert conversation.ends_with(Asking("？", ("山东",), again=True))
    assert not conversation.ends_with(Asking("？"))
    assert not Conversation().ends_with(Asking("？"))


# --- in the browser


def conversed(*questions: str, identifier: str = "c1") -> Conversation:
    conversation = Conversation(identifier)
    for question in questions:
        conversation = conversation.plus(Turn(conversation.next_number, Asking(question), answered(question)))
    return conversation


ASKINGS = st.builds(
    Asking,
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30).map(str.strip).filter(bool),
    st.lists(st.sampled_from(["山东", "福建"]), unique=True).map(tuple),
    st.lists(st.integers(1900, 2200), unique=True, max_size=3).map(tuple),
    st.lists(st.sampled_from(PERIODS), unique=True).map(lambda ps: tuple(p for p in PERIODS if p in ps)),
)


@given(st.lists(ASKINGS, min_size=1, max_size=5))
def test_what_is_kept_comes_back(askings):
    conversation = Conversation("abc")
    for asking in askings:
        conversation = conversation.plus(Turn(conversation.next_number, asking, answered(asking.question)))
    (record,) = records_of(json.dumps([record_of(conversation)]))
    assert [replace(a, key="") for a in askings_of(record)] == [replace(a, key="") for a in askings]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "asked", "q", "p", "y", "t", "pending", "x"]), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(JSON)
def test_whatever_a_browser_sends_is_read_or_passed_over(sent):
    for kept in (sent, json.dumps(sent), json.dumps([sent])):
        for record in records_of(kept):
            assert all(a.question for a in askings_of(record))
    parse_asking(sent)


def test_an_open_question_is_kept_as_such():
    waiting = replace(conversed("一？"), pending=Asking("二？"))
    assert record_of(waiting) == {"id": "c1", "asked": [{"q": "一？"}, {"q": "二？"}], "pending": True}
    assert record_of(Conversation("c2"))["asked"] == []


# --- chips


def real(question: str, history: tuple[str, ...] = ()) -> Turn:
    turn = asked(small_reports(), question, history=history)
    assert turn.answer is not None
    return turn


HELD = Shelf(small_reports()).holdings


def test_chips_tell_what_was_understood_and_only_the_latest_can_be_changed():
    turn = real("浙江2023年地区生产总值目标是多少？")
    fixed = render_chips(turn, turn.answer, "zh", held=HELD(), editable=False)
    assert "<button" not in fixed
    for word in ("浙江", "2023年", "目标", "地区生产总值"):
        assert f">{word}</span>" in fixed
    open_ = render_chips(turn, turn.answer, "zh", held=HELD(), editable=True)
    harmless(open_)
    assert open_.count("sw-chip-cut") == 3  # the only topic cannot be taken off
    for editable in (True, False):
        assert "Zhejiang" in render_chips(turn, turn.answer, "en", held=HELD(), editable=editable)


def test_a_follow_up_shows_the_question_that_was_searched():
    turn = real("那云南呢？", ("浙江今年GDP增长目标是多少？",))
    assert f"<q>{turn.answer.standalone_question}</q>" in render_chips(
        turn, turn.answer, "zh", held=HELD(), editable=False
    )


@pytest.mark.parametrize(
    ("slot", "values", "provinces", "periods", "short"),
    [
        ("provinces", ["云南"], ["云南"], ["plan"], "6%左右"),
        ("periods", ["review"], ["浙江"], ["review"], "3.1%"),
        ("years", ["2022"], ["浙江"], ["review"], "3.1%"),  # 2022 is only told of as a result
    ],
)
def test_a_changed_chip_is_what_the_new_answer_is_about(slot, values, provinces, periods, short):
    turn = real("浙江2023年地区生产总值增长目标是多少？")
    asking = changed(turn, slot, values, held=HELD())
    again = answer_turn(small_reports(), Turn(2, asking), (), "zh").answer
    assert again.understood["provinces"] == provinces
    assert again.understood["periods"] == periods
    assert short in again.short
    alone = real(asking.question).answer  # a follow-up has nothing but the words to build on
    assert (alone.understood["provinces"], alone.short) == (provinces, again.short)


def test_without_its_province_a_figure_is_compared_over_all():
    turn = real("浙江2023年地区生产总值增长目标是多少？")
    asking = changed(turn, "provinces", [], held=HELD())
    again = answer_turn(small_reports(), Turn(2, asking), (), "zh").answer
    assert again.intent == "compare"
    assert set(again.provinces) == {"浙江", "江西", "云南", "辽宁"}


def test_changes_add_up():
    turn = real("浙江2023年地区生产总值增长目标是多少？")
    first = answer_turn(small_reports(), Turn(2, changed(turn, "provinces", ["江西"], held=HELD())), (), "zh")
    second = changed(first, "measures", ["城镇新增就业"], held=HELD(), old=first.answer.understood["measures"][0])
    again = answer_turn(small_reports(), Turn(3, second), (), "zh").answer
    assert again.understood["provinces"] == ["江西"]
    assert "40万人" in again.short


@given(
    st.sampled_from(["provinces", "years", "periods", "measures", "x"]),
    st.lists(st.text(max_size=6), max_size=3),
    st.text(max_size=6),
)
def test_no_change_from_a_browser_breaks_anything(slot, values, old):
    turn = real("浙江2023年地区生产总值增长目标是多少？")
    asking = changed(turn, slot, values, held=HELD(), old=old)
    assert (asking is None) == (slot == "x")
    if asking is not None:
        assert {*asking.provinces} <= {*HELD().provinces}
        assert {*asking.periods} <= {*PERIODS}
    assert changed(replace(turn, answer=None), slot, values, held=HELD()) is None


# --- suggestions


@pytest.mark.parametrize(
    "question",
    [
        "浙江2023年地区生产总值增长目标是多少？",
        "各省地区生产总值增长目标对比",
        "哪些省份提到“揭榜挂帅”？",
        "广东的高新技术企业有多少？",
        "今天天气怎么样？",
        "What is Zhejiang's 2023 target for GDP growth?",
        "江西有哪些工作安排？",
    ],
)
def test_every_suggestion_is_new_and_is_answered(question):
    turn = real(question)
    conversation = Conversation().plus(turn)
    suggested = Suggester(small_reports()).after(conversation, held=HELD())
    assert 1 <= len(suggested) <= 3
    assert len({a.question for a in suggested} | {question}) == len(suggested) + 1
    for asking in suggested:
        assert real(asking.question).answer.status == "answered", asking.question
        assert asking.question.isascii() == question.isascii()


def test_what_is_declined_is_never_suggested_and_tried_once():
    class Counting(Scripted):
        tried: list[str] = []

        def is_answered(self, question: str, history: Any = ()) -> bool:
            self.tried.append(question)
            return False

    facade = Counting()
    conversation = Conversation().plus(real("浙江2023年地区生产总值增长目标是多少？"))
    suggester = Suggester(facade)
    assert suggester.after(conversation, held=HELD()) == ()
    tried = list(facade.tried)
    assert suggester.after(conversation, held=HELD()) == ()
    assert facade.tried == tried
    assert 1 <= len(tried) <= 6


def test_nothing_is_suggested_after_a_notice_or_before_anything():
    suggester = Suggester(small_reports())
    assert suggester.after(Conversation(), held=HELD()) == ()
    assert suggester.after(Conversation().plus(Turn(1, Asking("？"), notice="x")), held=HELD()) == ()


def test_candidates_come_from_what_is_held():
    answer = real("浙江2023年地区生产总值增长目标是多少？").answer
    empty = replace(HELD(), stated={}, provinces=())
    assert list(candidates(answer, empty, "zh")) == []
