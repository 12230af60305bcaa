"""Each promise, kept and broken."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from evaluation_samples import CHECKED, DOCUMENT, NAMES, answer, cite, golds, right

from assistant.evaluation.promises import broken_promises, same_twice
from assistant.types import Computed, Hit, Passage, Table

TEXTS = {"two": DOCUMENT.text}


def broken(answer: dict[str, Any]) -> list[str]:
    return broken_promises(answer, TEXTS.__getitem__, NAMES)


def public(name: str, tmp_path) -> dict[str, Any]:
    return next(right(g.question).to_dict() for g in golds(tmp_path) if g.question.id == name)


def test_faultless_answers_keep_all(tmp_path):
    for sample in golds(tmp_path):
        assert broken(right(sample.question).to_dict()) == [], sample.question.id


CHANGES: list[tuple[str, str, Any, str]] = [
    ("n1", "citations.0.end", 5, "1: citation 1 is not the source text at its span"),
    ("n1", "citations.0.quote", "高新技术企业达到2.4万家", "1: citation 1 is not the source text"),
    ("n1", "citations.0.doc_id", "three", "1: citation 1 is of an unknown document 'three'"),
    ("n1", "citations.0.start", -3, "1: citation 1 is not the source text"),
    ("n1", "text", "2.3万家 [2]", "2: markers without a citation: [2]"),
    ("n1", "text", "2.3万家", "2: citations that nothing refers to: [1]"),
    ("n1", "text", "2.4万家 [1]", "3: numbers that nothing carries: 2.4"),
    ("n1", "short", "24000家", "3: numbers that nothing carries: 24000"),
    ("n1", "text", "甲省2023年2.3万家 [1]", "3: numbers that nothing carries: 2023"),
    ("l1", "text", "甲省 [1]。未提到：乙省。", "4: the text does not say how many provinces were checked"),
    ("l1", "text", "甲省 [1]。已核对 2/2 个省份。", "4: 2 provinces were checked and only 1 are named"),
    ("l1", "text", "甲省 [1]。未提到：乙省。已核对 1/2 个省份。", "4: only 1 of 2 provinces were checked"),
    ("l2", "status", "answered", "5: answered without a citation"),
    ("d1", "reason", None, "5: declined without a reason"),
    ("d1", "short", "2.3万家", "5: declined, yet it asserts something in short"),
    ("d1", "provinces", ["甲省"], "5: declined, yet it asserts something in provinces"),
    ("d1", "text", " ", "5: the text is empty"),
    ("n1", "citations.0.period", "target", "6: unknown periods ['target']"),
    ("n2", "short", "200家", "6: 200 lost its word of strength"),
    ("n1", "status", "maybe", "0: status is 'maybe'"),
    ("n1", "intent", "figures", "0: intent is 'figures'"),
    ("d1", "reason", "unknown", "0: reason is 'unknown'"),
    ("n1", "text", None, "0: text is a NoneType"),
    ("n1", "hits", [{"rank": 2}], "0: hits are not ranked 1, 2, …"),
    ("c1", "citations.1.n", 1, "0: two citations have one number"),
]


@pytest.mark.parametrize(("name", "path", "value", "problem"), CHANGES)
def test_a_broken_promise_is_named(tmp_path, name, path, value, problem):
    answer = copy.deepcopy(public(name, tmp_path))
    at: Any = answer
    *keys, last = path.split(".")
    for key in keys:
        at = at[int(key)] if key.isdigit() else at[key]
    at[last] = value
    assert any(p.startswith(problem) for p in broken(answer)), broken(answer)


def test_keys_are_all_there(tmp_path):
    answer = public("n1", tmp_path)
    del answer["table"], answer["unsupported"]
    assert broken(answer) == ["0: keys are missing: table, unsupported"]


def test_hits_are_source_text(tmp_path):
    answer = public("n1", tmp_path)
    c = cite(1, "推行“赛马”制")
    answer["hits"] = [Hit(1, Passage(c.span, c.quote), 1.0).to_dict()]
    assert broken(answer) == []
    answer["hits"][0]["text"] = "推行赛马制"
    assert broken(answer) == ["1: hit 1 is not the source text at its span"]


def test_numbers_are_the_same_in_any_writing(tmp_path):
    answer = public("c1", tmp_path)
    answer["text"] = answer["text"].replace("1220", "１,２２０").replace("2万", "2.0万")
    assert broken(answer) == []


def test_a_computed_figure_rests_on_cited_ones(tmp_path):
    answer = public("c1", tmp_path)
    answer["text"] += "\n相差18780家。"
    assert broken(answer) == ["3: numbers that nothing carries: 18780"]
    answer["computed"].append(Computed("18780家", "2万家 − 1220家", (1, 2)).to_dict())
    assert broken(answer) == []
    answer["computed"][1]["formula"] = "3万家 − 1220家"
    assert broken(answer) == ["3: 18780家 is computed with 3, which its inputs do not state"]
    answer["computed"][1]["inputs"] = [1, 3]
    assert broken(answer) == ["3: 18780家 is computed from citations that are not there"]


def test_markers_shifted_by_one_are_caught(tmp_path):
    answer = public("c1", tmp_path)
    answer["text"] = answer["text"].replace("[1]", "[x]").replace("[2]", "[1]").replace("[x]", "[2]")
    assert broken(answer) == [
        "3: numbers that stand in another quote than the one beside them: 1220",
        "3: a line about 甲省 cites 乙省",
        "3: a line about 乙省 cites 甲省",
    ]


def test_several_statements_may_share_a_line(tmp_path):
    answer = public("c1", tmp_path)
    answer["text"] = "2021年：突破2万家 [1]，1220家 [2]。已核对 2/2 个省份：甲省、乙省。"
    assert broken(answer) == []
    answer["text"] = "2021年：突破2万家和1220家 [1][2]。已核对 2/2 个省份：甲省、乙省。"
    assert broken(answer) == []
    answer["text"] = "2021年：1220家 [1]，突破2万家 [2]。已核对 2/2 个省份：甲省、乙省。"
    assert broken(answer) == ["3: numbers that stand in another quote than the one beside them: 1220"]  # 2 was counted


def test_names_count_in_any_language_and_script():
    text = "Alpha。未提到：Beta。已核對 2/2 個省份。"
    given = answer("?", text, intent="list", status="partial", computed=CHECKED).to_dict()
    assert broken(given) == []
    given["text"] = text.replace("Beta", "滬")
    assert broken(given) == ["4: 2 provinces were checked and only 1 are named"]
    assert broken_promises(given, TEXTS.__getitem__, {"甲省": ("Alpha",), "沪": ()}) == []


def test_a_table_cites_and_is_checked_too(tmp_path):
    answer = public("n1", tmp_path)
    answer["text"] = "见表"
    answer["table"] = Table(("省份", "数值", "引用"), (("甲省", "2.3万家", "1"),), 2).to_dict()
    assert broken(answer) == []
    answer["table"]["rows"][0][1] = "7万家"
    assert broken(answer) == ["3: numbers that nothing carries: 7"]
    answer["table"]["rows"] = [["甲省", "2.3万家", "1"], ["乙省", "1220家", "1"]]
    answer["citations"].append(cite(2, "高新技术企业1220家").to_dict())
    answer["text"] = "2021年见表 [2]"
    assert broken(answer) == ["3: numbers that stand in another quote than the one beside them: 1220"]
    answer["table"]["rows"] = [["甲省", "2.3万家", "4"]]
    del answer["citations"][1]
    answer["text"] = "见表"
    assert broken(answer) == ["2: markers without a citation: [4]", "2: citations that nothing refers to: [1]"]


def test_mixed_roles_are_said(tmp_path):
    answer = public("s1", tmp_path)
    answer["citations"].append(cite(3, "高新技术企业突破2万家").to_dict())
    answer["text"] += "\n甲省2021年：突破2万家 [3]"
    assert broken(answer) == []
    answer["text"] = answer["text"].replace("2021年", "")  # now under the heading of 2022
    assert broken(answer) == ["6: several years or roles are cited, and those of [3] are not said"]


def test_the_same_question_gets_the_same_answer(tmp_path):
    first = public("n1", tmp_path)
    assert same_twice(first, first | {"timings_ms": {"total": 9.0}}) == []
    assert same_twice(first, first | {"short": "2万家"}) == ["7: short differs when asked again"]
