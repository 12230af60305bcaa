"""Bundles: whole ones are found whole, every change is found and named, forged hashes or not."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from serving import Scripted
from takeaway_samples import LIBRARY, OTHER, PARTS, REPORT, TODAY, any_answers, cited, forged, sound_answers

from assistant import __version__
from assistant.errors import BundleError
from assistant.takeaway.bundle import CONTEXT, FORMAT, build_bundle
from assistant.takeaway.exchange import Exchange, conversation
from assistant.takeaway.findings import _KINDS, Finding
from assistant.takeaway.reading import read_answer
from assistant.takeaway.verify import verify_bundle
from assistant.types import Answer, Hit, Passage, Span

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
ANSWER = Answer(
    "哪些省份提到？", "哪些省份提到？", "zh", "list", "answered", None,
    f"2.3万家 [1]\n- {PARTS.text[2:14]} [2]", short="2.3万家", citations=(cited(REPORT, 0, 16), cited(PARTS, 2, 14, n=2)),
    hits=(Hit(1, Passage(Span(OTHER.id, 0, 5), OTHER.text[:5]), 0.5),), index_generation=4, timings_ms={"total": 3.0},
)  # fmt: skip


def bundle(*answers, source=LIBRARY) -> bytes:
    return build_bundle(conversation(answers or (ANSWER,)), source, accessed=TODAY)


def kinds(report, *, notes=False) -> set[str]:
    return {f.kind for f in report.findings if notes or f.is_altered}


def check(content, texts=LIBRARY):
    """What is found in a bundle whose maker worked its hashes out anew."""
    return verify_bundle(forged(content), texts)


def test_a_bundle_holds_what_another_machine_needs():
    content = json.loads(bundle())
    assert (content["format"], content["format_version"], content["program"]["version"]) == (FORMAT, 1, __version__)
    assert content["questions"] == [{"question": ANSWER.question, "history": []}]
    assert content["answers"] == [json.loads(json.dumps(ANSWER.to_dict())) | {"timings_ms": {}}]
    assert content["store"]["generation"] == 1 and content["accessed"] == "2026-01-31"
    by_id = {d["id"]: d for d in content["documents"]}
    assert set(by_id) == {REPORT.id, PARTS.id, OTHER.id}
    assert by_id[REPORT.id]["sha256"] == hashlib.sha256(REPORT.text.encode()).hexdigest()
    assert by_id[REPORT.id]["origin"] == REPORT.origin and by_id[OTHER.id]["quotes"] == []
    (quote,) = by_id[PARTS.id]["quotes"]
    assert quote["before"] + quote["quote"] + quote["after"] == PARTS.text[: 14 + CONTEXT]


def test_the_same_input_gives_the_same_bytes_whatever_the_clock():
    assert bundle() == bundle(replace(ANSWER, timings_ms={"total": 99.0}))
    assert bundle() != bundle(replace(ANSWER, question="另一个？"))


def test_history_goes_with_each_question():
    content = json.loads(build_bundle([Exchange(ANSWER, ("甲？", "乙？"))], LIBRARY))
    assert content["questions"][0]["history"] == ["甲？", "乙？"]
    two = json.loads(bundle(ANSWER, replace(ANSWER, question="那呢？")))
    assert [q["history"] for q in two["questions"]] == [[], [ANSWER.question]]


@given(st.lists(sound_answers(), min_size=1, max_size=3))
@SLOW
def test_what_was_made_is_whole_here_and_elsewhere(answers):
    data = bundle(*answers)
    here, elsewhere = verify_bundle(data, LIBRARY), verify_bundle(data)
    assert here.is_whole and elsewhere.is_whole, here.findings
    assert not here.findings and set(here.here.values()) <= {"same"} and here.compared and not elsewhere.compared
    assert here.answers == len(answers) and here.citations == sum(len(a.citations) for a in answers)


@given(any_answers())
@SLOW
def test_no_answer_is_too_odd_for_a_bundle_or_its_check(answer):
    data = bundle(answer)
    json.loads(data)
    report = verify_bundle(data, LIBRARY)
    assert not kinds(report) & {"hash", "part", "parts"}
    for language in ("zh", "en"):
        assert all(len(line.splitlines()) == 1 for line in report.lines(language))
        json.dumps(report.to_dict(language), allow_nan=False)


@given(sound_answers(), st.data())
@SLOW
def test_every_altered_byte_is_found(answer, data):
    made = bundle(answer)
    at = data.draw(st.integers(0, len(made) - 1))
    altered = made[:at] + bytes([data.draw(st.integers(0, 255).filter(lambda b: b != made[at]))]) + made[at + 1 :]
    try:
        if json.loads(altered) == json.loads(made):
            return  # a blank between values, or another way to write the same character
    except (ValueError, RecursionError):
        pass
    try:
        report = verify_bundle(altered, data.draw(st.sampled_from([None, LIBRARY])))
    except BundleError:
        return
    assert not report.is_whole


def leaves(value, path=()):
    """Every text, number and null of a bundle, with the way to it."""
    if isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(below, (*path, key))
    else:
        yield path, value


def put(content, path, value):
    out = copy.deepcopy(content)
    at = out
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return out


CONTENT = json.loads(bundle())
PATHS = [path for path, _ in leaves(CONTENT) if path[0] not in ("format", "format_version")]


@pytest.mark.parametrize("path", PATHS, ids=lambda p: ".".join(map(str, p)))
def test_every_altered_value_is_found_and_placed(path):
    for other in (None, "x", 7, [], True):
        altered = put(CONTENT, path, other)
        if altered == CONTENT:
            continue
        report = verify_bundle(json.dumps(altered).encode())
        assert "hash" in kinds(report)
        placed = [f for f in report.findings if f.kind != "hash" and f.is_altered]
        if path[0] in ("questions", "answers"):
            assert any(f.answer == path[1] + 1 for f in placed)
        elif path[0] == "documents":
            assert any(f.document for f in placed)
        elif path[0] != "sha256":
            assert placed


def test_a_changed_quote_is_named():
    altered = bundle().replace("2.3万家".encode(), "2.4万家".encode())
    report = verify_bundle(altered, LIBRARY)
    said = [f.message("zh") for f in report.findings]
    assert "回答 1 引文 1：文档与本机收录的相同，但 0-16 处不是这段文字。" in said
    assert "回答 1：内容与记录的哈希不符，已被改动。" in said
    assert report.to_dict()["status"] == "altered"


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [
        (("answers", 0, "citations", 0, "quote"), "全省高新技术企业达到9.9万家。", "unlisted"),
        (("answers", 0, "citations", 0, "start"), 1, "length"),
        (("answers", 0, "citations", 0, "end"), 17, "length"),
        (("answers", 0, "citations", 0, "quote"), " ", "blank"),
        (("answers", 0, "citations", 0, "doc_id"), OTHER.id, "unlisted"),
        (("answers", 0, "citations", 1, "n"), 1, "twice"),
        (("answers", 0, "citations", 1, "n"), 3, "dead_marker"),
        (("answers", 0, "text"), "2.3万家 [1]", "unused"),
        (("answers", 0, "text"), "2.9万家 [1] [2]", "figures"),
        (("answers", 0, "short"), "23万家", "figures"),
        (("answers", 0, "table"), {"columns": ["数", "引用"], "rows": [["77", "1"]], "citation_column": 1}, "figures"),
        (
            ("answers", 0, "table"),
            {"columns": ["数", "引用"], "rows": [["2.3", "8"]], "citation_column": 1},
            "dead_marker",
        ),
        (("answers", 0, "computed"), [{"value": "1", "formula": "x", "inputs": [6]}], "dead_marker"),
        (("answers", 0, "status"), "certain", "shape"),
        (("answers", 0), [], "shape"),
        (("questions", 0, "question"), "别的？", "question"),
        (("questions", 0), None, "shape"),
        (("documents", 1, "sha256"), None, "unconfirmed"),
        (("documents", 1, "quotes"), [], "unlisted"),
        (("documents", 0), 5, "shape"),
        (("documents", 1), CONTENT["documents"][0], "shape"),
        (("questions",), [], "shape"),
        (("answers",), {}, "shape"),
    ],
)
def test_forged_hashes_do_not_hide_what_contradicts_itself(path, value, kind):
    altered = put(CONTENT, path, value)
    report = (
        check(altered, None) if isinstance(altered["answers"], list) else verify_bundle(json.dumps(altered).encode())
    )
    assert kind in kinds(report), report.findings
    assert "hash" not in kinds(report) or path == ("answers",)


def falsified(quote: str) -> dict:
    """Another quote, changed in the answer and in the record of its document alike."""
    content = copy.deepcopy(CONTENT)
    content["answers"][0]["citations"][0]["quote"] = quote
    record = next(d for d in content["documents"] if d["id"] == REPORT.id)
    record["quotes"][0]["quote"] = quote
    return content


def test_a_consistent_forgery_is_found_by_whoever_has_the_document():
    content = falsified(REPORT.text[:16].replace("2.3", "2.8"))
    content["answers"][0]["text"] = content["answers"][0]["text"].replace("2.3", "2.8")
    content["answers"][0]["short"] = "2.8万家"
    assert check(content, None).is_whole  # nobody can know
    report = check(content)
    assert kinds(report) == {"contradicted"} and not report.is_whole
    # Calling the document another edition does not help.
    next(d for d in content["documents"] if d["id"] == REPORT.id)["sha256"] = "0" * 64
    assert kinds(check(content)) == {"lost"}


@pytest.mark.parametrize(
    ("key", "value"),
    [("province", "福建"), ("year", 2021), ("period", "review"), ("period", None), ("heading", ["别处"])],
)
def test_a_quote_of_another_province_year_or_part_is_found(key, value):
    report = check(put(CONTENT, ("answers", 0, "citations", 0, key), value))
    assert kinds(report) == {"attributed"}
    assert check(put(CONTENT, ("answers", 0, "citations", 0, "period"), "plan_5y")).is_whole  # narrower than its part


def test_text_around_a_quote_and_passages_beside_it_are_compared_too():
    at = next(i for i, d in enumerate(CONTENT["documents"]) if d["id"] == PARTS.id)
    assert kinds(check(put(CONTENT, ("documents", at, "quotes", 0, "before"), "乙："))) == {"around"}
    assert kinds(check(put(CONTENT, ("answers", 0, "hits", 0, "text"), "秋天来了，"))) == {"passage"}


def elsewhere(*texts):
    return verify_bundle(bundle(), Scripted(texts=texts))


def test_a_document_missing_here_is_told_and_nothing_is_wrong():
    report = elsewhere(PARTS, OTHER)
    assert report.is_whole and report.here == {REPORT.id: "missing", PARTS.id: "same", OTHER.id: "same"}
    (finding,) = report.findings
    assert (finding.kind, finding.document) == ("missing", REPORT.id)
    assert "没有收录 1 份" in [*report.lines("zh")][1]


def test_the_same_text_under_another_name_is_recognised():
    report = elsewhere(replace(REPORT, id="sd-2022", title="别名"), PARTS, OTHER)
    assert report.is_whole and report.here[REPORT.id] == "renamed"
    assert {f.kind for f in report.findings} == {"renamed", "titled"}


@pytest.mark.parametrize(
    ("text", "kind", "shift"),
    [
        ("序言三个字。" + REPORT.text, "moved", "+6"),
        (REPORT.text + "结尾。", "kept", None),
        (REPORT.text.replace("2.3万家", "2.4万家"), "lost", None),
    ],
)
def test_a_document_changed_here_is_told_with_what_became_of_the_quote(text, kind, shift):
    report = elsewhere(replace(REPORT, text=text), PARTS, OTHER)
    assert report.here[REPORT.id] == "changed"
    (finding,) = report.findings
    assert (finding.kind, finding.values.get("shift")) == (kind, shift)
    assert report.is_whole == (kind != "lost")
    if kind == "moved":
        assert "位置移动 +6（现在 6-22）" in finding.message("zh")


def test_of_several_places_the_one_with_the_same_surroundings_is_taken():
    quote = REPORT.text[:16]
    text = f"{quote}别的话。" * 3 + REPORT.text
    (finding,) = elsewhere(replace(REPORT, text=text), PARTS, OTHER).findings
    assert finding.values["place"] == f"{text.rindex(quote)}-{text.rindex(quote) + 16}"


@given(st.text(max_size=20), st.integers(0, 60), sound_answers())
@SLOW
def test_a_quote_that_still_stands_is_never_lost(inserted, at, answer):
    text = REPORT.text[:at] + inserted + REPORT.text[at:]
    changed = Scripted(texts=(replace(REPORT, text=text), PARTS, OTHER))
    report = verify_bundle(bundle(answer), changed)
    for c in answer.citations:
        found = {f.kind for f in report.findings if f.citation == c.n}
        if c.span.doc_id == REPORT.id and inserted:
            assert ("lost" in found) == (c.quote not in text)
        else:
            assert not found


def test_what_did_not_stand_when_it_was_bundled_is_not_whole():
    data = bundle(source=Scripted(texts=(replace(REPORT, text="改" + REPORT.text), PARTS)))
    assert kinds(verify_bundle(data)) == {"unconfirmed"}
    assert kinds(verify_bundle(bundle(source=Scripted(texts=())))) == {"unconfirmed"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b'{"format": "other"}',
        b"{",
        b"[" * 100_000,
        b'{"format": "shengwen-bundle", "format_version": "1"}',
        b'{"format": "shengwen-bundle", "format_version": true}',
        b'{"format": "shengwen-bundle", "format_version": 0}',
        b'{"format": "shengwen-bundle", "format_version": 2}',
        b'{"format": "shengwen-bundle", "format": "shengwen-bundle"}',
        b'{"format": "shengwen-bundle", "x": NaN}',
        b'{"format": "shengwen-bundle", "x": ' + b"9" * 5000 + b"}",
        "山东".encode("gb18030"),
    ],
)
def test_what_is_no_bundle_is_refused_in_one_line(data):
    with pytest.raises(BundleError) as caught:
        verify_bundle(data)
    assert len(str(caught.value).splitlines()) == 1


def test_a_key_given_twice_is_refused():
    twice = bundle().replace(b'"quote": "', '"quote": "改过的话", "quote": "'.encode(), 1)
    assert json.loads(twice) == json.loads(bundle())  # what most programs would read
    with pytest.raises(BundleError, match="twice"):
        verify_bundle(twice)


def test_a_number_without_end_is_no_crash():
    assert "shape" in kinds(verify_bundle(bundle().replace(b'"confidence": 0.0', b'"confidence": 1e999')))


def test_blanks_and_order_of_keys_change_nothing():
    assert verify_bundle(json.dumps(dict(reversed(CONTENT.items()))).encode(), LIBRARY).is_whole
    assert verify_bundle("\ufeff".encode() + bundle()).is_whole


@given(any_answers())
@SLOW
def test_an_answer_read_back_is_the_same(answer):
    told = json.loads(json.dumps(answer.to_dict()))
    written = json.dumps(told)
    assume("NaN" not in written and "Infinity" not in written)
    assume("\\ud800" not in written)  # no question and no document can hold half a character
    assert read_answer(told).to_dict() == told


def test_every_finding_speaks_both_languages():
    values = dict.fromkeys("why n place figures said here shift".split(), "x")
    for kind in _KINDS:
        chinese, english = (Finding(kind, 1, 2, "d", values).message(lang) for lang in ("zh", "en"))
        assert chinese.startswith("回答 1 引文 2 文档 d：") and english.startswith("answer 1, citation 2, document d: ")
