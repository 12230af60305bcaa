"""Question sets: what is wrong is told with file, line and remedy; labels are checked against the documents."""

from __future__ import annotations

import re

import pytest
from evaluation_samples import DOCUMENT, ROWS, TEXT, Held, gold, row, write_set
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import EvalDataError
from assistant.evaluation.checking import check_set
from assistant.evaluation.gold import places_of, resolve
from assistant.evaluation.questions import read_questions
from assistant.types import Document, Span


def test_reads_every_type_in_order(tmp_path):
    questions = read_questions(write_set(tmp_path))
    assert [q.id for q in questions] == [r["id"] for r in ROWS]
    assert questions[0].place.endswith("set.jsonl:1")
    followup = next(q for q in questions if q.type == "followup")
    assert (followup.kind, followup.history) == ("number", ("甲省高企目标？",))
    assert [q.id for q in questions if not q.answerable] == ["d1", "d2"]


def test_a_split_is_chosen(tmp_path):
    rows = [row("n1"), row("n2") | {"split": "test"}]
    assert [q.id for q in read_questions(write_set(tmp_path, rows), "test")] == ["n2"]
    with pytest.raises(EvalDataError, match=r"no question of the split 'test': use one of dev"):
        read_questions(write_set(tmp_path, [row("n1")]), "test")


@pytest.mark.parametrize(
    ("period", "role"),
    [("2022规划", (2022, ("plan", "plan_5y"))), ("2030回顾", (2030, ("review", "review_5y"))), ("both", None)],
)
def test_periods_mean_a_year_and_its_roles(tmp_path, period, role):
    assert read_questions(write_set(tmp_path, [row("f1") | {"period": period}]))[0].role == role


def without(name, key):
    changed = row(name)
    del changed[key]
    return changed


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("{", r"not JSON .*write one JSON object a line"),
        ("[1]", r"a list, not an object"),
        (without("n1", "evidence"), r"the field 'evidence' is missing: add it"),
        (row("n1") | {"evidnce": []}, r"unknown field 'evidnce': the nearest known one is 'evidence'"),
        (row("n1") | {"question": " "}, r"question is ' ': write a text"),
        (row("n1") | {"answers": "2.3万家"}, r"answers is '2.3万家': write a list of texts"),
        (row("n1") | {"answers": [""]}, r"answers is \[''\]: write a list of texts, none of them empty"),
        (row("n1") | {"answers": []}, r"no answers: write what is right"),
        (row("n1") | {"type": "figure"}, r"unknown type 'figure': use one of number, fact"),
        (row("n1") | {"kind": "fact"}, r"kind is given for the type 'number': only a followup has one"),
        (row("n1") | {"period": "2022计划"}, r"unknown period '2022计划': write a year with 回顾 or 规划"),
        (row("n1") | {"period": 2022}, r"period is 2022: write a text or null"),
        (row("n1") | {"split": "train"}, r"unknown split 'train': use dev or test"),
        (row("n1") | {"why": "off_topic"}, r"why is 'off_topic' for a question that has an answer"),
        (row("d1") | {"why": "unknown"}, r"why is 'unknown': use one of province_absent"),
        (row("d1") | {"evidence": ["突破2万家"]}, r"an unanswerable question with answers or evidence: use near"),
        (row("l1") | {"answers": ["乙省"]}, r"answers \['乙省'\] and provinces \['甲省'\] of a list differ"),
        (row("y1") | {"answers": ["大概"]}, r"answers of a yesno are \['大概'\]: write 是, 否, Yes or No"),
        (row("u1") | {"history": []}, r"a followup without history: add the earlier questions"),
        (without("u1", "kind"), r"kind is 'followup': name the type of the completed question"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, wrong, message):
    path = write_set(tmp_path, [row("n2"), wrong])
    with pytest.raises(EvalDataError, match=re.escape(str(path)) + ":2: .*" + message):
        read_questions(path)


def test_ids_are_unique(tmp_path):
    path = write_set(tmp_path, [row("n1"), "", row("n1")])
    with pytest.raises(EvalDataError, match=r":3: the id 'n1' is taken by .*:1: give each question its own"):
        read_questions(path)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(EvalDataError, match=r"cannot read .*absent.jsonl.*name a file that exists"):
        read_questions(tmp_path / "absent.jsonl")
    (tmp_path / "gbk.jsonl").write_bytes("甲".encode("gbk"))
    with pytest.raises(EvalDataError, match=r"gbk.jsonl is not UTF-8 \(byte 0\): save it as UTF-8"):
        read_questions(tmp_path / "gbk.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(EvalDataError, match=r"holds no question: write one JSON object a line"):
        read_questions(tmp_path / "empty.jsonl")


def test_quotes_become_spans(tmp_path):
    found = gold(tmp_path, "c1")
    assert [TEXT[p.start : p.end] for (p,) in found.evidence] == ["高新技术企业突破2万家", "高新技术企业1220家"]
    assert found.spans == tuple(sorted(p for (p,) in found.evidence))


def test_a_quote_that_stands_nowhere_is_an_error(tmp_path):
    questions = read_questions(write_set(tmp_path, [row("n1") | {"evidence": ["达到2.4万家"]}]))
    with pytest.raises(EvalDataError, match=r"set.jsonl:1: the quote '达到2.4万家' of n1 stands in none of the 1 doc"):
        resolve(questions, [DOCUMENT])


@given(st.text("ab", max_size=12), st.text("ab", min_size=1, max_size=3))
def test_every_place_of_a_quote_is_found(text, quote):
    places = places_of(quote, [Document("d", "d", text)])
    assert places == tuple(Span("d", i, i + len(quote)) for i in range(len(text)) if text[i:].startswith(quote))


def test_true_labels_hold(tmp_path):
    assert check_set(Held(), write_set(tmp_path)) == ()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            row("n1") | {"evidence": ["达到2.4万家"]},
            "n1: evidence '达到2.4万家' stands 0 times: lengthen or correct it",
        ),
        (row("n1") | {"evidence": ["高新技术企业"]}, "n1: evidence '高新技术企业' stands 4 times (two:"),
        (row("n1") | {"provinces": ["乙省"]}, "is of 甲省, not of 乙省: correct provinces or the quote"),
        (row("n1") | {"provinces": ["甲省", "丙省"]}, "丙省 is no province of the documents"),
        (row("n1") | {"period": "2021回顾"}, "is plan of 2022, not 2021回顾: correct the period or the quote"),
        (row("n1") | {"answers": ["3万家"]}, "the answer '3万家' stands in none of its quotes"),
        (row("n1") | {"answers": ["3万家"], "evidence": ["达到2.3万家"]}, "the answer '3万家' stands in none"),
        (row("n1") | {"evidence": ["达到2.3万家。推行“赛马”制。乙省去年"]}, "runs over the end of a part"),
        (row("f1") | {"evidence": []}, "it has an answer but no evidence: quote what carries it"),
        (row("d1") | {"near": ["高新技术企业"]}, "d1: near '高新技术企业' stands 4 times"),
    ],
)
def test_a_wrong_label_is_found(tmp_path, wrong, message):
    problems = check_set(Held(), write_set(tmp_path, [row("n2"), wrong]))
    assert any(message in p and "set.jsonl:2: " in p for p in problems), problems
