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
        "2: before [2] stands nothing of the quote",
        "2: before [1] stands nothing of the quote",
        "3: numbers that stand in another quote than the one beside them: 1220",
        "3: 2万 is not in the quote beside it",
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
    assert "3: numbers that stand in another quote than the one beside them: 1220" in broken(answer)  # 2 was counted
    assert "3: 2万 is not in the quote beside it" in broken(answer)


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
    assert broken(answer) == ["3: numbers that nothing carries: 7", "3: 7万 is in a row whose quote does not say it"]
    answer["table"]["rows"] = [["甲省", "2.3万家", "1"], ["乙省", "1220家", "1"]]
    answer["citations"].append(cite(2, "高新技术企业1220家").to_dict())
    answer["text"] = "2021年见表 [2]"
    assert "3: numbers that stand in another quote than the one beside them: 1220" in broken(answer)
    assert "3: a row about 乙省 cites 甲省" in broken(answer)
    answer["table"]["rows"] = [["甲省", "2.3万家", "4"]]
    del answer["citations"][1]
    answer["text"] = "见表"
    assert broken(answer)[:2] == ["2: markers without a citation: [4]", "2: citations that nothing refers to: [1]"]


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


def changed(name: str, tmp_path, **fields: Any) -> dict[str, Any]:
    return public(name, tmp_path) | fields


def test_a_figure_in_bold_is_the_quotes_own(tmp_path):
    assert broken(changed("n1", tmp_path, text="甲省2022年目标：**２.3 万家** [1]")) == []
    said = broken(changed("n1", tmp_path, text="甲省2022年目标：**2.3亿家** [1]"))
    assert said == [
        "3: 2.3亿家 is told as a figure, and its quote does not say so",
        "3: 2.3亿 is not in the quote beside it",
    ]
    asked = changed("n1", tmp_path, question="甲省高企是5000家吗", text="甲省2022年目标：**5000家** [1]")
    assert broken(asked)[-1] == "3: 5000家 is told as a figure, and its quote does not say so"  # asked with, not stated


@pytest.mark.parametrize("numeral", ["三分之一", "百分之五", "一半", "两成", "翻两番", "十二家", "三个百分点"])
def test_chinese_numerals_are_figures(tmp_path, numeral):
    answer = public("n1", tmp_path)
    answer["text"] += f"，占{numeral}"
    assert broken(answer) == [f"3: {numeral} is told, and nothing carries it"]
    answer["question"] += f"有{numeral}吗"
    assert broken(answer) == []


def test_the_bare_answer_is_verbatim(tmp_path):
    for short in ("2.3万家", "力争2.3万家", "2.3万家；高新技术企业", "2.3万 → 2.3万家", "甲省", None):
        assert broken(changed("n1", tmp_path, short=short)) == []
    assert broken(changed("n1", tmp_path, short="高企2.3万家")) == [
        "3: the short answer '高企2.3万家' stands in no quote"
    ]
    assert broken(changed("n1", tmp_path, short="2.3万家 [1]"))[1] == "3: the short answer is not bare"


def test_what_is_computed_is_worked_out_again(tmp_path):
    answer = public("c1", tmp_path)
    answer["text"] += "\n相差1.878万家。"
    for value, problems in (("1.878万家", []), ("1.888万家", ["3: 1.888万家 is not 2万家 − 1220家"])):
        answer["computed"] = [Computed(value, "2万家 − 1220家", (1, 2)).to_dict()]
        assert [p for p in broken(answer) if "is not 2万家" in p] == problems
    answer["computed"] = [Computed("1.878万家", "2万家 − 1220家", ()).to_dict()]
    assert "3: 1.878万家 is computed from nothing" in broken(answer)
    answer["computed"] = [Computed("多", "counted", ()).to_dict()]
    assert "3: 多 is no count" in broken(answer)


def test_strength_stays_in_the_text_too(tmp_path):
    answer = changed("n2", tmp_path, text="乙省2022年目标：新增200家 [1]")
    assert broken(answer) == ["6: 200 lost its word of strength"]
    assert broken(changed("n2", tmp_path, text="乙省2022年目标：新增200家以上 [1]")) == []


def test_the_winner_is_that_of_the_table(tmp_path):
    answer = public("c1", tmp_path)
    rows = [["甲省", "2021年", "高企", "突破2万家", "", "1"], ["乙省", "2021年", "高企", "1220家", "", "2"]]
    answer["table"] = Table(("省份", "时期", "指标", "数值", "原文", "引用"), tuple(map(tuple, rows)), 5).to_dict()
    for question, problems in (
        ("哪个省高企最多？", []),
        ("哪个省高企最少？", ["3: 甲省 is not the lowest of the table"]),
        ("两省的高企", []),
    ):
        assert broken(answer | {"question": question, "standalone_question": question}) == problems


def listed(**fields: Any) -> dict[str, Any]:
    text = "1 个省份提到“赛马”：甲省。\n- 甲省 · 2022年目标：“推行“赛马”制” [1]\n未提到：乙省。\n已核对 2/2 个省份。"
    table = Table(("省份", "结论", "引用"), (("甲省", "提到", "1"), ("乙省", "未提到", "")), 2)
    given = answer("哪些省提到赛马？", text, cite(1, "推行“赛马”制"), intent="list", provinces=("甲省",), table=table)
    counted = [Computed("1", "provinces counted", (1,)).to_dict(), CHECKED[0].to_dict()]
    return given.to_dict() | {"computed": counted} | fields


def test_a_list_claims_what_it_cites(tmp_path):
    assert broken(listed()) == []
    assert broken(listed(provinces=["甲省", "甲省"])) == ["4: provinces are claimed twice, or are not of the corpus"]
    assert "4: claimed are 乙省, 甲省, cited 甲省" in broken(listed(provinces=["甲省", "乙省"]))
    silent = listed()["text"].replace("1 个省份提到“赛马”：甲省。", "没有提到“赛马”的省份（1 个）：乙省。")
    assert broken(listed(provinces=["乙省"], text=silent)) == []  # who does not say it
    more = listed()["text"].replace("1 个省份", "2 个省份")
    assert broken(listed(text=more)) == ["4: the text counts 2 provinces and claims 1"]
    table = listed()["table"] | {"rows": [["甲省", "未提到", ""], ["乙省", "提到", "1"]]}
    assert {p[:1] for p in broken(listed(table=table))} == {"3", "4"}


def test_a_list_covers_what_is_meant(tmp_path):
    one = listed()["text"].replace("未提到：乙省。\n", "").replace("2/2", "1/1")
    table = listed()["table"] | {"rows": [["甲省", "提到", "1"]]}
    short = listed(text=one, table=table, computed=[Computed("1", "provinces checked", (1,)).to_dict()])
    assert broken(short | {"understood": {"provinces": ["甲省"]}}) == []
    assert broken(short | {"understood": {"provinces": []}}) == ["4: the question means 2 provinces and 1 were checked"]
    both = short | {"question": "甲省和乙省谁提到赛马？", "understood": {"provinces": ["甲省"]}}
    assert "4: the question means 乙省, which the answer does not name" in broken(both)
    for ruled in ("除了{}，还有谁提到赛马？", "{}以外,还有谁提到赛马"):
        without = {"question": ruled.format("乙省"), "understood": {"provinces": []}}
        assert broken(short | without) == []
        assert broken(listed(question=ruled.format("甲省"))) == ["4: 甲省 are claimed, which the question rules out"]


def test_near_misses(tmp_path):
    other = {"question": "乙省高企目标？", "standalone_question": "乙省高企目标？"}
    assert broken(public("n1", tmp_path) | other) == ["3: asked of 乙省, answered with 甲省"]
    region = {
        "question": "东北高企目标？",
        "standalone_question": "东北高企目标？",
        "understood": {"provinces": ["丙省"]},
    }
    assert broken(public("n1", tmp_path) | region) == ["3: asked of 丙省, answered with 甲省"]
    year = {"question": "甲省2021年高企目标？", "standalone_question": "甲省2021年高企目标？"}
    assert broken(public("n1", tmp_path) | year) == ["6: asked for 2021, answered with 2022"]
    relative = {"question": "甲省2021年和今年的高企目标？", "standalone_question": "甲省2021年和今年的高企目标？"}
    assert broken(public("n1", tmp_path) | relative) == []
    both = {"question": "How does Alpha's 2022 target differ from what it had in 2021?"}
    assert broken(public("n1", tmp_path) | both) == []
    role = {"text": "甲省2022年结果：**2.3万家** [1]"}
    assert broken(public("n1", tmp_path) | role) == ["6: [1] are told in another role than they are cited in"]
    assert broken(public("n1", tmp_path) | {"text": "甲省：**2.3万家** [1]"}) == ["6: the year of [1] is not said"]
    assert (
        broken(public("n1", tmp_path) | {"text": "甲省的文本 [1]", "short": None})[0]
        == "6: the year of [1] is not said"
    )


@pytest.mark.parametrize(
    ("question", "short", "problem"),
    [
        ("甲省有赛马制吗？", "是", None),
        ("甲省没有提到赛马制，对吗？", "是", "5: a denial is agreed to, and the quote states what it denies"),
        ("甲省没有提到赛马制，对吗？", "否", "5: the text does not begin with the verdict"),
        ("甲省建成了赛马制吗？", "是", "6: asked whether it was done, yes by a target"),
        ("甲省赛马有5000家吗？", "是", "3: yes to 5000, which no quote states"),
        ("甲省赛马超过5000家吗？", "是", "3: yes to 5000, which no quote states"),
        ("Does Alpha's reach 30000?", "是", "3: yes to 30000, which no quote states"),
    ],
)
def test_verdicts(tmp_path, question, short, problem):
    answer = public("y1", tmp_path) | {"question": question, "standalone_question": question, "short": short}
    assert broken(answer) == ([problem] if problem else [])


def test_yes_to_a_bound_rests_on_a_figure_within_it(tmp_path):
    answer = changed("n1", tmp_path, intent="yesno", short="是", text="是。甲省2022年目标：**2.3万家** [1]")
    for question, kept in (
        ("甲省高企超过2万家吗", True),
        ("甲省高企有2.3万家吗", True),
        ("甲省高企超过3万家吗", False),
        ("甲省高企不到2万家吗", True),
    ):
        assert (broken(answer | {"question": question, "standalone_question": question}) == []) is kept, question


def test_whether_a_sentence_stands_there_is_decided_by_the_text(tmp_path):
    answer = changed("n1", tmp_path, intent="yesno", short="是", text="是。甲省2022年目标：**2.3万家** [1]")
    true, false = "原文是不是“高新技术企业达到2.3万家。”？", "原文是不是“高新技术企业达到2.4万家。”？"
    assert broken(answer | {"question": true}) == []
    assert broken(answer | {"question": false})[-1] == "3: yes to a sentence with 2.4, which the quote does not state"
    no = answer | {"short": "否", "text": answer["text"].replace("是。", "否。")}
    assert broken(no | {"question": false}) == []
    assert broken(no | {"question": true}) == ["3: no to a sentence that stands in the text"]


def test_a_no_says_what_was_searched(tmp_path):
    answer = public("y1", tmp_path) | {
        "short": "否",
        "text": "没有：甲省的 3 段都没有提到。",
        "citations": [],
        "status": "partial",
    }
    assert "5: a verdict with neither a citation nor a search" in broken(answer)
    searched = [Computed("3", "passages searched", ()).to_dict()]
    assert broken(answer | {"computed": searched}) == []
    assert "5: a verdict with neither a citation nor a search" in broken(answer | {"short": "是", "computed": searched})


def test_a_decline_asserts_nothing_and_says_what_is_held(tmp_path):
    near = {"citations": [cite(1, "推行“赛马”制").to_dict()]}
    text = "没有说明。收录甲省、乙省。\n\n> 附近的内容（不是答案）：甲省 · 2022年目标：“推行“赛马”制” [1]"
    assert broken(changed("d2", tmp_path, text=text) | near) == []
    plain = text.replace("附近的内容（不是答案）", "见")
    assert broken(changed("d2", tmp_path, text=plain) | near) == ["5: declined, and a quote is not marked as no answer"]
    assert broken(changed("d1", tmp_path, text="没有，约5家。收录甲省。")) == ["5: declined, yet it tells 5"]
    assert broken(changed("d1", tmp_path, text="没有。")) == ["5: declined without saying what is held"]
    held = changed("d1", tmp_path, question="甲省和丙省高企？")
    assert broken(held) == ["5: declined as absent, and the question names a province held"]
    assert broken(changed("n1", tmp_path, reason="off_topic")) == ["5: a reason to decline, and yet an answer"]


def test_institutions_and_words_ruled_out_name_no_province(tmp_path):
    for question in ("甲省大学在哪儿？", "不是乙省，是甲省的高企目标？"):
        assert broken(changed("n1", tmp_path, question=question, standalone_question=question)) == []
