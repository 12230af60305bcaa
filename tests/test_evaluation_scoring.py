"""Each measure against arithmetic by hand, and broken systems each caught by the measure made for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from evaluation_samples import NAMES, answer, cite, declined, gold, golds, right
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.report import Question, SystemResult
from assistant.evaluation.scoring import covered, score_answer
from assistant.types import Answer, Span


def measured(folder, break_it: Callable[[Answer], Answer] = lambda a: a) -> dict[str, float]:
    """The measures of a system that answers rightly and then breaks each answer."""
    rows = [Question(g.question.id, score_answer(g, break_it(right(g.question)), NAMES)) for g in golds(folder)]
    return SystemResult("broken", tuple(rows)).values()


def score(folder, name: str, given: Answer) -> float:
    return score_answer(gold(folder, name), given, NAMES)["score"][0]


def test_a_faultless_system_gets_everything(tmp_path):
    values = measured(tmp_path)
    assert values.pop("false_refusal") == 0
    assert set(values.values()) == {1.0}
    assert {"score", "number", "fact", "list_provinces", "list_exact", "compare", "summary", "yesno", "followup",
            "unanswerable", "citation_recall", "citation_precision", "refusal_precision", "refusal_recall"} <= set(values)  # fmt: skip


# --- systems broken in one way each


def of_another_province(a: Answer) -> Answer:
    """The right words with figures and quotes of another province."""
    other = cite(1, "高新技术企业1220家")
    return replace(a, text=a.text, citations=tuple(replace(other, n=c.n) for c in a.citations))


def markers_shifted(a: Answer) -> Answer:
    """Each marker points at what stands one place further on."""
    moved = [replace(c, span=Span("two", c.span.end, c.span.end + 5), quote="") for c in a.citations]
    return replace(a, citations=tuple(moved))


def targets_as_results(a: Answer) -> Answer:
    """Quotes of last year told as this year's target, and the other way round."""
    flip = {"review": (2022, "plan"), "plan": (2021, "review")}
    return replace(
        a, citations=tuple(replace(c, year=flip[c.period][0], period=flip[c.period][1]) for c in a.citations)
    )


def always_declining(a: Answer) -> Answer:
    return declined(a.question)


def never_declining(a: Answer) -> Answer:
    return replace(a, status="answered", reason=None)


def every_province(a: Answer) -> Answer:
    return replace(a, provinces=("甲省", "乙省"))


def quoting_everything(a: Answer) -> Answer:
    return replace(a, citations=(*a.citations, cite(8, "研发投入增长7%"), cite(9, "技术合同成交额1300亿元")))


def without_strength(a: Answer) -> Answer:
    short = (a.short or "").replace("以上", "").replace("突破", "")
    return replace(a, short=short, text=a.text.replace("以上", "").replace("突破", ""))


@pytest.mark.parametrize(
    ("broken", "worse", "unharmed"),
    [
        (of_another_province, {"number": 0, "followup": 0, "citation_recall": 0.3}, {"refusal_recall"}),
        (markers_shifted, {"citation_recall": 0.2, "citation_precision": 0.2, "number": 0}, {"refusal_recall"}),
        (targets_as_results, {"number": 0, "followup": 0}, {"list_exact", "citation_recall"}),
        (always_declining, {"false_refusal": -1, "score": 0.4, "citation_precision": 0}, {"refusal_recall"}),
        (never_declining, {"refusal_recall": 0, "unanswerable": 0, "refusal_precision": 0}, {"number", "fact"}),
        (every_province, {"list_exact": 0, "list_provinces": 0.5}, {"number", "citation_precision"}),
        (quoting_everything, {"citation_precision": 0.5}, {"citation_recall", "number"}),
        (without_strength, {"strength_kept": 0}, {"number", "list_exact"}),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_a_broken_system_is_caught(tmp_path, broken, worse, unharmed):
    before, after = measured(tmp_path), measured(tmp_path, broken)
    for measure, bound in worse.items():
        if bound == -1:  # a measure that is better when lower
            assert after[measure] > before[measure] + 0.5
        else:
            assert after[measure] <= bound + 1e-9, measure
    assert all(after[m] == before[m] for m in unharmed)


# --- by hand


def test_always_declining_by_hand(tmp_path):
    # 12 questions: right are d1, d2, and l2, whose empty list "not stated" says too: 3/12.
    values = measured(tmp_path, always_declining)
    assert values["score"] == pytest.approx(3 / 12)
    # l2's decline is neither right nor false: 9 answerable ones are refused falsely, 2 rightly, so precision is 2/11.
    assert values["false_refusal"] == 1.0
    assert values["refusal_precision"] == pytest.approx(2 / 11, abs=1e-6)
    assert values["refusal_recall"] == 1.0
    assert values["reason"] == 0.0  # not_stated is the reason of neither


def test_the_bare_answer_decides_a_number(tmp_path):
    target = cite(1, "高新技术企业达到2.3万家")
    told = "甲省：2.3万家 [1]"
    assert score(tmp_path, "n1", answer("?", told, target, short="2.3万家")) == 1
    assert score(tmp_path, "n1", answer("?", told, target, short=None)) == 1
    assert score(tmp_path, "n1", answer("?", told, target, short="23,000")) == 1
    assert score(tmp_path, "n1", answer("?", told, target, short="3万家")) == 0
    assert score(tmp_path, "n1", answer("?", "没有 [1]", target)) == 0  # quoted, but not told
    assert score(tmp_path, "n1", answer("?", told, short="2.3万家")) == 0  # told, but not cited


def test_f1_of_a_list_by_hand(tmp_path):
    # wanted {甲}, claimed {甲, 乙}: precision 1/2, recall 1, F1 = 2·(1/2)·1 / (3/2) = 2/3
    q = "?"
    both = answer(q, "甲、乙", provinces=("甲省", "乙省"))
    assert score(tmp_path, "l1", both) == pytest.approx(2 / 3)
    assert score(tmp_path, "l1", answer(q, "乙", provinces=("乙省",))) == 0
    assert score(tmp_path, "l1", declined(q)) == 0
    # an empty list: saying so, or that it is not stated, is right; claiming one or calling it off topic is not
    assert score(tmp_path, "l2", answer(q, "没有", status="partial")) == 1
    assert score(tmp_path, "l2", declined(q)) == 1
    assert score(tmp_path, "l2", declined(q, "off_topic")) == 0
    assert score(tmp_path, "l2", both) == 0


@given(wanted=st.sets(st.sampled_from("abcd")), claimed=st.sets(st.sampled_from("abcd")))
def test_f1_is_the_harmonic_mean(tmp_path_factory, wanted, claimed):
    sample = gold(tmp_path_factory.mktemp("f1"), "l1")
    q = replace(sample.question, provinces=tuple(wanted), answers=tuple(wanted))
    got = score_answer(replace(sample, question=q, evidence=()), answer("?", "x", provinces=tuple(claimed)))["score"][0]
    shared = len(wanted & claimed)
    if not wanted and not claimed:
        assert got == 1
    elif not shared:
        assert got == 0
    else:
        precision, recall = shared / len(claimed), shared / len(wanted)
        assert got == pytest.approx(2 / (1 / precision + 1 / recall))


def test_facts_and_points_are_found_in_text_and_quotes(tmp_path):
    race = cite(1, "推行“赛马”制")
    assert score(tmp_path, "f1", answer("?", "见 [1]", race)) == 1
    assert score(tmp_path, "f1", answer("?", "赛马", short="赛马")) == 1
    assert score(tmp_path, "f1", answer("?", "揭榜")) == 0
    assert score(tmp_path, "s1", answer("?", "见 [1]", race)) == 0.5  # one point of two
    assert score(tmp_path, "s1", declined("?")) == 0


def test_a_comparison_needs_every_entry_and_the_winner(tmp_path):
    both = (cite(1, "高新技术企业突破2万家"), cite(2, "高新技术企业1220家"))
    text = "甲省突破2万家 [1]，乙省1220家 [2]"
    assert score(tmp_path, "c1", answer("?", text, *both, short="甲省")) == 1
    assert score(tmp_path, "c1", answer("?", text.replace("甲省", "Alpha"), *both, short="Alpha")) == 1
    assert score(tmp_path, "c1", answer("?", text, *both, short="突破2万家")) == 1
    assert score(tmp_path, "c1", answer("?", text, *both, short="乙省")) == 0
    assert score(tmp_path, "c1", answer("?", "甲省突破2万家 [1]", both[0], short="甲省")) == 0


def test_yes_and_no(tmp_path):
    assert score(tmp_path, "y1", answer("?", "是。", short="是")) == 1
    assert score(tmp_path, "y1", answer("?", "Yes.", short="Yes")) == 1
    assert score(tmp_path, "y1", answer("?", "否。", short="否")) == 0
    assert score(tmp_path, "y2", answer("?", "推行“赛马”制")) == 0
    assert score(tmp_path, "y2", declined("?")) == 0


def test_citations_by_hand(tmp_path):
    # c1 has two quotes; one is cited, and one other sentence: recall 1/2, precision 1/2
    row = score_answer(
        gold(tmp_path, "c1"), answer("?", "", cite(1, "高新技术企业突破2万家"), cite(2, "研发投入增长7%"))
    )
    assert row["citation_recall"] == (0.5, 1.0)
    assert row["citation_precision"] == (0.5, 1.0)
    # an answer that cites nothing, or declines, has none right
    for bare in (answer("?", ""), replace(declined("?"), citations=(cite(1, "高新技术企业突破2万家"),))):
        row = score_answer(gold(tmp_path, "c1"), bare)
        assert (row["citation_recall"], row["citation_precision"]) == ((0.0, 1.0), (0.0, 1.0))
    # questions without evidence leave these measures
    assert "citation_recall" not in score_answer(gold(tmp_path, "d1"), declined("?"))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [([(0, 10)], True), ([(5, 10)], True), ([(6, 10)], False), ([(0, 3), (2, 5)], True), ([(0, 2), (0, 2), (0, 2)], False),
     ([(20, 30)], False), ([], False)],
)  # fmt: skip
def test_half_of_a_quote_must_be_cited(spans, expected):
    # the quote is [0, 10): 5 characters suffice, counted once however often they are cited
    assert covered((Span("d", 0, 10),), [Span("d", a, b) for a, b in spans]) is expected
    assert not covered((Span("other", 0, 10),), [Span("d", a, b) for a, b in spans])


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted), max_size=5))
def test_covered_counts_characters(bounds):
    spans = [Span("d", a, b) for a, b in bounds]
    held = {i for a, b in bounds for i in range(a, b)} & set(range(10))
    assert covered((Span("d", 0, 10),), spans) == (len(held) >= 5)


def test_another_place_or_another_quote_does_as_well(tmp_path):
    sample = gold(tmp_path, "f1")
    elsewhere = cite(1, "研发投入增长7%")
    with_also = replace(sample, also=((elsewhere.span,),))
    assert score_answer(with_also, answer("?", "", elsewhere))["citation_recall"] == (1.0, 1.0)
    twice = replace(sample, evidence=((*sample.evidence[0], elsewhere.span),))
    assert score_answer(twice, answer("?", "", elsewhere))["citation_recall"] == (1.0, 1.0)


def test_reasons_are_told_apart_and_not_needed_for_the_score(tmp_path):
    sample = gold(tmp_path, "d2")
    assert score_answer(sample, declined("?", "year_absent"))["reason"] == (1.0, 1.0)
    row = score_answer(sample, declined("?", "not_stated"))
    assert (row["reason"], row["score"]) == ((0.0, 1.0), (1.0, 1.0))
