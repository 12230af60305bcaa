"""SQuAD-format files and BEIR folders, as they come and as they go wrong."""

from __future__ import annotations

import json

import pytest

from assistant.errors import EvalDataError
from assistant.evaluation.collection import read_beir, read_squad


def squad(tmp_path, whole):
    path = tmp_path / "set.json"
    path.write_text(whole if isinstance(whole, str) else json.dumps(whole), encoding="utf-8")
    return path


def paragraph(context="甲在乙。", **qa):
    return {"context": context, "qas": [{"id": "1", "question": "甲在哪？", "answers": [{"text": "乙"}]} | qa]}


def test_squad(tmp_path):
    paragraphs = [
        paragraph(answers=[{"text": "乙", "answer_start": 2}, {"text": "乙"}, {"text": "在乙"}]),
        paragraph(id=2),  # the same context again, and an id that is a number
        paragraph("丙。", id="blank", question=" "),
        paragraph("丁。", id="impossible", answers=[], is_impossible=True),
    ]
    found = read_squad(squad(tmp_path, {"version": "x", "data": [{"title": "t", "paragraphs": paragraphs}]}))
    assert found.paragraphs == {"p000000": "甲在乙。", "p000001": "丙。", "p000002": "丁。"}
    assert found.queries == {"1": "甲在哪？", "2": "甲在哪？"}
    assert found.qrels == {"1": {"p000000": 1}, "2": {"p000000": 1}}
    assert found.answers == {"1": ("乙", "在乙"), "2": ("乙",)}
    assert [place.rpartition(": ")[2] for place in found.left_out] == [
        "data[0].paragraphs[2].qas[0]",
        "data[0].paragraphs[3].qas[0]",
    ]


@pytest.mark.parametrize(
    ("whole", "message"),
    [
        ('{"data": [\n}', r"set.json:2: not JSON .*write one JSON object of SQuAD's shape"),
        ({"rows": []}, r"set.json: data is NoneType, not a list: is it of SQuAD's shape\?"),
        ({"data": [{"paragraphs": {}}]}, r"data\[0\]: paragraphs is dict, not a list"),
        ({"data": [{"paragraphs": [paragraph(" ")]}]}, r"data\[0\].paragraphs\[0\]: context is ' ': write a text"),
        ({"data": [{"paragraphs": [paragraph(id=None)]}]}, r"paragraphs\[0\].qas\[0\]: id is None: write a text"),
        ({"data": [{"paragraphs": [paragraph(answers="乙")]}]}, r"qas\[0\]: answers is str, not a list"),
        ({"data": [{"paragraphs": [paragraph(answers=[{}])]}]}, r"qas\[0\].answers\[0\]: text is None"),
        ({"data": [{"paragraphs": [paragraph(), paragraph("丙")]}]}, r"the id '1' is taken: give each question"),
        ({"data": []}, r"holds no question with an answer: is it of SQuAD's shape\?"),
    ],
)
def test_wrong_squad(tmp_path, whole, message):
    with pytest.raises(EvalDataError, match=message):
        read_squad(squad(tmp_path, whole))


def test_squad_files_that_cannot_be_read(tmp_path):
    with pytest.raises(EvalDataError, match="cannot read .*name a file that exists"):
        read_squad(tmp_path / "absent.json")
    (tmp_path / "bad.json").write_bytes(b"\xff")
    with pytest.raises(EvalDataError, match=r"is not UTF-8 \(byte 0\): save it as UTF-8"):
        read_squad(tmp_path / "bad.json")


def beir(tmp_path, corpus=None, queries=None, **qrels):
    (tmp_path / "qrels").mkdir()
    rows = corpus or [{"_id": "d1", "title": "题", "text": "文"}, {"_id": "d2", "title": "", "text": "无题"}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    asked = queries or [{"_id": "q1", "text": "问"}, {"_id": "q2", "text": "没人判断"}]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)))
    for name, lines in (qrels or {"test": "q1\td1\t1\n"}).items():
        (tmp_path / "qrels" / f"{name}.tsv").write_text(f"query-id\tcorpus-id\tscore\n{lines}")
    return tmp_path


def test_beir(tmp_path):
    found = read_beir(beir(tmp_path, train="q2\td2\t1\n", test="q1\td1\t2\nq1\td2\t0\n"))
    assert found.paragraphs == {"d1": "题\n文", "d2": "无题"}
    assert found.queries == {"q1": "问"}
    assert found.qrels == {"q1": {"d1": 2, "d2": 0}}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"corpus": [{"_id": "d1", "text": ""}]}, r"corpus.jsonl:1: text is '': write a text"),
        ({"corpus": [{"text": "x"}]}, r"corpus.jsonl:1: _id is None: write a text"),
        ({"corpus": [{"_id": "d", "text": "x"}] * 2}, r"corpus.jsonl:2: the _id 'd' is taken by a line before"),
        ({"queries": [{"_id": "q1", "text": 1}]}, r"queries.jsonl:1: text is 1: write a text"),
        ({"test": "q9\td1\t1\n"}, r"judges the query 'q9', which .* does not hold: use files of one release"),
        ({"test": "q1\td9\t1\n"}, r"judges the text 'd9', which"),
        ({"test": "q1\td1\n"}, r"test.tsv:2: 2 fields, not 3"),
    ],
)
def test_wrong_beir(tmp_path, parts, message):
    with pytest.raises(EvalDataError, match=message):
        read_beir(beir(tmp_path, **parts))


def test_a_beir_folder_without_qrels(tmp_path):
    folder = beir(tmp_path)
    (folder / "qrels" / "test.tsv").unlink()
    with pytest.raises(EvalDataError, match=r"holds no .tsv file: a BEIR folder has qrels/test.tsv"):
        read_beir(folder)
