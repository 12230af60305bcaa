"""Feedback: kept whole by many writers at once, read back, and turned into cases that question sets take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import DOCUMENT, Scripted, answered, cite, declined
from takeaway_samples import LIBRARY, REPORT, any_answers, sound_answers, texts

from assistant import __version__
from assistant.errors import QuestionError, SettingsError
from assistant.evaluation.checking import check_set
from assistant.evaluation.questions import read_questions
from assistant.settings import Settings
from assistant.takeaway import feedback
from assistant.takeaway.cases import TO_COMPLETE, build_cases
from assistant.takeaway.feedback import REASONS, label, read_feedback, record
from assistant.takeaway.journal import append_line

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
SLOW = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)  # fmt: skip


def keeper(folder: Path, **options) -> Scripted:
    """A facade whose feedback goes into a folder of its own."""
    return Scripted(texts=LIBRARY.texts, settings=Settings(feedback=folder / "deep" / "feedback.jsonl", **options))


@pytest.fixture
def facade(tmp_path) -> Scripted:
    return keeper(tmp_path)


def kept(facade):
    entries, problems = read_feedback(facade.settings.feedback_file)
    assert problems == ()
    return entries


def case_of(facade, texts=None):
    """The one case that the feedback makes."""
    (case,) = build_cases(kept(facade), texts)
    return case


def loaded(folder: Path, cases):
    """The cases as the loader of question sets has them, from a file."""
    file = folder / "cases.jsonl"
    file.write_text(
        "".join(json.dumps(c, ensure_ascii=False) + "\n" for c in cases), encoding="utf-8", errors="replace"
    )
    return read_questions(file)


def test_an_entry_holds_question_spans_and_versions_and_nobodys_name(facade):
    answer = replace(answered("多少？"), index_generation=7, hits=declined("x").hits)
    record(
        facade, answer, verdict="down", reason="wrong_figure", comment=" 应为 130 家 ", history=("前一问",), now=NOON
    )
    (entry,) = kept(facade)
    assert (entry.verdict, entry.reason, entry.comment) == ("down", "wrong_figure", "应为 130 家")
    assert (entry.question, entry.history, entry.time) == ("多少？", ("前一问",), "2026-01-31T12:00:00Z")
    assert entry.answer["citations"] == [answer.citations[0].to_dict()]
    assert (entry.answer["status"], entry.answer["hits"]) == ("answered", ["folder/甲省 报告:0-4"])
    assert (entry.versions["program"], entry.versions["generation"]) == (__version__, 7)
    told = json.loads(facade.settings.feedback_file.read_bytes())
    assert set(told) == {
        "format", "id", "time", "verdict", "reason", "comment", "question", "history", "answer", "versions",
    }  # fmt: skip
    if os.name != "nt":
        assert facade.settings.feedback_file.stat().st_mode & 0o077 == 0


def test_the_file_is_the_settings_or_the_users(tmp_path):
    assert Settings(feedback=tmp_path / "x").feedback_file == tmp_path / "x"
    assert Settings().feedback_file.name == "feedback.jsonl"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"verdict": "sideways"}, "sideways"),
        ({"verdict": ""}, "up, down"),
        ({"reason": "nonsense"}, "wrong_figure"),
        ({"verdict": "up", "reason": "wrong_figure"}, "correct"),
        ({"comment": "字" * 2001}, "2001"),
        ({"history": ["问" * 2001]}, "2001"),
    ],
)
def test_what_is_wrong_or_too_long_is_refused_and_nothing_is_kept(facade, change, said):
    with pytest.raises(QuestionError, match=said):
        record(facade, answered("多少？"), **{"verdict": "down"} | change)
    assert not facade.settings.feedback_file.exists()


@pytest.mark.parametrize("answer", [answered(" "), answered("问" * 2001)], ids=["blank", "long"])
def test_a_question_that_could_not_be_asked_is_no_feedback(facade, answer):
    with pytest.raises(QuestionError, match="question"):
        record(facade, answer, verdict="up")


def test_an_answer_beyond_every_size_is_refused(facade):
    with pytest.raises(QuestionError, match="at most"):
        record(facade, answered("多少？", text="长" * 100_000), verdict="up")
    assert not facade.settings.feedback_file.exists()


def test_only_the_last_questions_are_kept(facade):
    record(facade, answered("多少？"), verdict="up", history=[f"第{i}问" for i in range(80)] + ["  "])
    assert kept(facade)[0].history == tuple(f"第{i}问" for i in range(30, 80))


def test_a_full_file_says_so(facade, monkeypatch):
    monkeypatch.setattr(feedback, "MAX_FILE_BYTES", 3000)
    with pytest.raises(SettingsError, match="full"):
        for _ in range(20):
            record(facade, answered("多少？"), verdict="up")
    assert 1 <= len(kept(facade)) < 20
    assert facade.settings.feedback_file.stat().st_size <= 3000


def test_a_place_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "deep").write_text("a file, no folder")
    with pytest.raises(SettingsError, match="set `feedback`"):
        record(keeper(tmp_path), answered("多少？"), verdict="up")
    with pytest.raises(SettingsError, match="cannot read"):
        read_feedback(tmp_path)


@given(any_answers(), st.sampled_from(["up", "down"]), texts, st.lists(texts, max_size=3))
@SLOW
def test_whatever_is_kept_is_read_back_and_loads_as_a_question(tmp_path_factory, answer, verdict, comment, history):
    folder = tmp_path_factory.mktemp("feedback")
    facade = keeper(folder)
    try:
        record(facade, answer, verdict=verdict, comment=comment, history=history)
    except QuestionError:
        assert not answer.question.strip()
        return
    (entry,) = kept(facade)
    assert entry.question == answer.question and entry.comment == comment.strip()
    assert facade.settings.feedback_file.read_bytes().count(b"\n") == 1
    cases = build_cases([entry, entry], LIBRARY)
    first, second = loaded(folder, cases)
    assert first.id != second.id
    assert first.history == tuple(h.encode("utf-8", "replace").decode() for h in entry.history)


@given(sound_answers())
@SLOW
def test_the_evidence_of_a_praised_answer_stands_in_the_documents(tmp_path_factory, answer):
    facade = keeper(tmp_path_factory.mktemp("feedback"))
    record(facade, answer, verdict="up")
    case = case_of(facade, LIBRARY)
    for quote in case["evidence"]:
        assert any(quote in d.text for d in LIBRARY.texts)
    for c in answer.citations:
        assert any(c.quote in quote for quote in case["evidence"])


WRITER = """
import os, sys
from pathlib import Path
from assistant.takeaway.journal import append_line
name, n = sys.argv[2], int(sys.argv[3])
whole = os.write
os.write = lambda descriptor, data: whole(descriptor, data[:4096])  # as a busy disk may do; only the lock keeps order
for i in range(n):
    append_line(Path(sys.argv[1]), (f'{{"w": "{name}", "i": {i}, "x": "' + name * 30_000 + '"}').encode(), limit=1 << 30)
"""


def test_processes_that_write_at_once_never_mix_their_lines(tmp_path):
    file = tmp_path / "feedback.jsonl"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(file), name, "40"], env=os.environ | {"PYTHONPATH": str(Path(feedback.__file__).parents[2])})
        for name in "abcd"
    ]  # fmt: skip
    assert [w.wait(120) for w in writers] == [0] * 4
    lines = [json.loads(line) for line in file.read_bytes().splitlines()]
    for name in "abcd":
        own = [line for line in lines if line["w"] == name]
        assert [line["i"] for line in own] == list(range(40))
        assert {line["x"] for line in own} == {name * 30_000}


def test_a_line_that_a_crash_cut_short_spoils_only_itself(facade):
    record(facade, answered("一？"), verdict="up")
    file = facade.settings.feedback_file
    with file.open("ab") as f:
        f.write(b'{"format": 1, "id": "cut')
    record(facade, answered("二？"), verdict="up")
    entries, problems = read_feedback(file)
    assert [e.question for e in entries] == ["一？", "二？"]
    assert len(problems) == 1 and problems[0].startswith(f"{file}:2: ")


def test_a_write_that_fails_leaves_nothing_half_written(tmp_path, monkeypatch):
    file = tmp_path / "feedback.jsonl"
    append_line(file, b"{}", limit=100)
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:5]) if len(data) > 9 else (_ for _ in ()).throw(OSError(28, "full")))  # fmt: skip
    with pytest.raises(SettingsError, match="full"):
        append_line(file, b'{"a": 12345}', limit=100)
    assert file.read_bytes() == b"{}\n"


@pytest.mark.parametrize("line", ["[]", "null", "1", "{}", "\xff", '{"format": 2}', '{"id": "x"}', "[" * 99_999])
def test_other_lines_are_passed_over_with_their_number(tmp_path, line):
    file = tmp_path / "f.jsonl"
    file.write_bytes(b"\n" + line.encode("latin-1") + b"\n")
    entries, problems = read_feedback(file)
    assert entries == () and problems == (f"{file}:2: no entry of feedback; it is passed over",)


def test_no_file_is_no_feedback(tmp_path):
    assert read_feedback(tmp_path / "none") == ((), ())


def test_praise_becomes_a_labelled_case(facade, tmp_path):
    record(
        facade,
        answered("多少？", REPORT, quote="高新技术企业达到2.3万家", short="2.3万家", provinces=("山东",)),
        verdict="up",
    )
    case = case_of(facade)
    assert {k: case[k] for k in ("lang", "type", "question", "answers", "provinces", "period", "evidence")} == {
        "lang": "zh", "type": "number", "question": "多少？", "answers": ["2.3万家"], "provinces": ["山东"],
        "period": "2022规划", "evidence": ["高新技术企业达到2.3万家"],
    }  # fmt: skip
    (question,) = loaded(tmp_path, [case])
    assert question.answerable and question.kind == "number"


@pytest.mark.parametrize(
    ("changes", "kind", "answers"),
    [
        ({"short": "5%；6%左右"}, "number", ["5%", "6%左右"]),
        ({"short": None}, "number", ["企业达到120家左右"]),
        ({"intent": "list", "short": None, "provinces": ("甲省", "乙省")}, "list_provinces", ["甲省", "乙省"]),
        ({"intent": "compare", "short": "甲省"}, "compare", ["甲省"]),
        ({"intent": "summary", "short": None}, "summary", ["企业达到120家左右"]),
        ({"intent": "yesno", "short": "是"}, "yesno", ["是"]),
        ({"intent": "yesno", "short": "Yes"}, "yesno", ["Yes"]),
        ({"intent": "yesno", "short": "不完全"}, "fact", ["不完全"]),
        ({"intent": "fact", "short": None, "citations": ()}, "fact", [TO_COMPLETE]),
        ({"intent": "chat", "short": "12 次"}, "fact", ["12 次"]),
    ],
)
def test_praise_is_labelled_as_its_type_is_read(facade, tmp_path, changes, kind, answers):
    record(facade, answered("多少？", **changes), verdict="up")
    case = case_of(facade)
    assert (case["type"], case["answers"]) == (kind, answers)
    loaded(tmp_path, [case])


def test_a_praised_decline_is_an_unanswerable_question(facade, tmp_path):
    record(facade, replace(declined("多少？"), reason="year_absent"), verdict="up", history=("前一问？",))
    (question,) = loaded(tmp_path, [case_of(facade)])
    assert (question.type, question.kind, question.why, question.history) == (
        "followup",
        "unanswerable",
        "wrong_year",
        ("前一问？",),
    )


@pytest.mark.parametrize("intent", ["figure", "fact", "list", "compare", "summary", "yesno", "chat"])
def test_blame_becomes_a_case_for_a_person_to_complete(facade, tmp_path, intent):
    record(facade, answered("多少？", intent=intent), verdict="down", reason="wrong_place", comment="应是乙省")
    case = case_of(facade)
    assert case["answers"] == [TO_COMPLETE] and case["evidence"] == []
    for told in ("wrong_place", "应是乙省", "120家左右", "folder/甲省 报告:4-14"):
        assert told in case["note"]
    (question,) = loaded(tmp_path, [case])
    assert question.answerable


def test_a_quote_that_stands_twice_is_lengthened_until_it_is_one(facade):
    text = "甲县企业120家。乙县企业120家。"
    twice = replace(DOCUMENT, text=text)
    citation = replace(cite(twice, "企业120家"), span=replace(cite(twice, "企业120家").span, start=11, end=17))
    assert text[11:17] == citation.quote
    record(facade, replace(answered("多少？"), citations=(citation,)), verdict="up")
    (evidence,) = case_of(facade, Scripted(texts=(twice,)))["evidence"]
    assert citation.quote in evidence and text.count(evidence) == 1 and text.index(evidence) <= 11
    assert case_of(facade)["evidence"] == [citation.quote]  # without the documents nothing can be done


def test_cases_of_real_answers_pass_the_check_of_labels(assistant, tmp_path):
    facade = keeper(tmp_path)
    for question in (
        "山东2022年高新技术企业目标是多少？",
        "哪些省份提到科技特派员？",
        "天津2021年技术合同成交额是多少",
        "浙江的目标是多少？",
    ):
        record(facade, assistant.ask(question), verdict="up")
    cases = build_cases(kept(facade), assistant)
    loaded(tmp_path, cases)
    assert check_set(assistant, tmp_path / "cases.jsonl") == ()


def test_reasons_are_few_and_spoken_in_both_languages():
    for verdict, reasons in REASONS.items():
        assert len(reasons) <= 8
        for reason, words in reasons.items():
            assert words["zh"] and words["en"]
            assert label(verdict, reason, "zh") == words["zh"]
    assert label("up", None, "zh") == label("down", "of a later version", "en") == ""
