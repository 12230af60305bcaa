"""The mini set under the committed floors, and one run of each kind through the real program."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assistant.assistant import Assistant
from assistant.errors import EvalDataError
from assistant.evaluation import Request, evaluate
from assistant.evaluation.__main__ import main
from assistant.evaluation.checking import check_set
from assistant.evaluation.floors import below_floors, read_floors
from assistant.evaluation.questions import read_questions, shipped_set
from assistant.evaluation.report import TIMES
from assistant.evaluation.running import judge_run
from assistant.evaluation.scratch import unprefixed_store
from assistant.evaluation.trec import read_qrels, read_run
from assistant.evaluation.writing import plain
from assistant.settings import Settings, data_dir
from assistant.store import Store

MINI = data_dir("eval") / "mini.jsonl"
FLOORS = data_dir("eval") / "mini.toml"


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Settings with a store of their own, built by the first test that asks."""
    return Settings(store=tmp_path_factory.mktemp("evaluation") / "store")


@pytest.fixture(scope="module")
def assistant(settings):
    opened = Assistant.open(settings=settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def mini(settings, tmp_path_factory):
    out = tmp_path_factory.mktemp("report")
    return evaluate(settings, Request(set=MINI, systems=("full", "hybrid"), out=out)), out


def test_the_mini_set_keeps_its_floors(mini):
    assert below_floors(mini[0], FLOORS) == ()


def test_the_mini_set_is_taken_from_the_development_split():
    shipped = {q.id: replace(q, place="") for q in read_questions(shipped_set(), "dev")}
    assert all(replace(q, place="") == shipped[q.id] for q in read_questions(MINI))
    assert len(read_questions(MINI)) == 20


def test_the_shipped_labels_hold(assistant):
    assert check_set(assistant) == ()
    assert check_set(assistant, MINI) == ()


def test_the_report_is_as_the_interface_says(mini):
    report, out = mini
    told = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert told == json.loads(json.dumps(report.to_dict()))
    assert (out / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert told["risk"]["full"]["answered"] == len(told["risk"]["full"]["curve"])
    assert "hybrid" not in told["risk"]  # it has no confidences
    assert (told["set"], told["n"]) == ("mini", 20)
    assert told["model"].startswith("multilingual-e5-small")
    assert told["commit"]
    wanted = {"R@1", "R@5", "R@10", "RR@10", "nDCG@10", "AP", "score", "number", "fact", "list_provinces", "compare",
              "summary", "yesno", "followup", "unanswerable", "list_exact", "citation_recall", "citation_precision",
              "refusal_precision", "refusal_recall", "false_refusal", "invariants_broken", "ask_ms_p50", "ask_ms_p95"}  # fmt: skip
    for system in ("full", "hybrid"):
        assert wanted <= set(told["systems"][system])
        assert set(told["ci"][system]) == set(told["systems"][system])
        for measure, (low, high) in told["ci"][system].items():
            assert low <= told["systems"][system][measure] <= high, measure
    assert told["paired"]["full - hybrid"]["p"] < 0.05
    assert told["groups"]["full"]["type"]["number"]["n"] == 5


def test_the_folder_holds_runs_qrels_rows_and_a_page(mini):
    report, out = mini
    run, qrels = read_run(out / "run-full.trec"), read_qrels(out / "qrels.trec")
    assert run == {q: items for q, items in report.results[0].run.items() if items}
    assert qrels == report.qrels
    rows = [json.loads(line) for line in (out / "rows-full.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [r["id"] for r in rows] == [q.id for q in read_questions(MINI)]
    page = (out / "report.md").read_text(encoding="utf-8")
    assert "| Measure | full | hybrid |" in page
    assert "## score by type" in page
    judged = judge_run(out / "run-full.trec", out / "qrels.trec")
    assert judged.results[0].values()["RR@10"] == report.results[0].values()["RR@10"]


def test_floors_fail_below(mini, tmp_path):
    floors = tmp_path / "floors.toml"
    floors.write_text(
        "[at_least.full]\nscore = 1.1\nmystery = 0\n[at_most.full]\nask_ms_p50 = 0\n[at_least.other]\nAP = 0\n"
    )
    found = below_floors(mini[0], floors)
    assert [line.split(" is ")[0] for line in found] == [
        "full: score",
        "full: mystery",
        "other: AP",
        "full: ask_ms_p50",
    ]
    assert found[1] == "full: mystery is None, not at least 0"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[at_least.full", "is not valid TOML"),
        ("[floors.full]\nscore = 1", "unknown key 'floors': use set, at_least and at_most"),
        ("[at_least]\nscore = 1", "the bound of 'score' is 1: write a number under a system's name"),
        ("[at_least.full]\nscore = 'high'", "the bound of 'score' is 'high': write a number"),
    ],
)
def test_wrong_floors(tmp_path, text, message):
    path = tmp_path / "floors.toml"
    path.write_text(text)
    with pytest.raises(EvalDataError, match=message):
        read_floors(path)
    with pytest.raises(EvalDataError, match="name a file that exists"):
        read_floors(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request(set=MINI, squad=MINI), "--set and --squad are given together: evaluate one at a time"),
        (Request(run=MINI), "--qrels is missing: a run is judged by qrels, so give both"),
        (Request(set=MINI, systems=("bm26",)), "unknown system 'bm26': use some of full, bm25"),
        (Request(set=MINI, systems=()), "unknown system '': use some of"),
        (Request(set=MINI, types=("numbers",)), "unknown type 'numbers': use some of number"),
        (Request(set=MINI, split="test"), "no question of the split 'test': use one of dev"),
    ],
)
def test_wrong_requests(assistant, request_, message):
    with pytest.raises(EvalDataError, match=message):
        evaluate(settings, request_)


def test_a_folder_that_cannot_be_written(settings, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EvalDataError, match=r"cannot write .*name a folder that can be written"):
        evaluate(settings, Request(set=MINI, types=("yesno",), out=tmp_path / "file"))


def told(report):
    """A report's JSON without times."""
    out = report.to_dict()
    for part in ("systems", "ci", "eligible"):
        out[part] = {s: {m: v for m, v in values.items() if m not in TIMES} for s, values in out[part].items()}
    return out


def test_a_squad_file_end_to_end(settings, tmp_path):
    texts = {
        "茶": "茶树原产于云南。陆羽写了《茶经》。茶经成书于唐代。",
        "纸": "造纸术在东汉改进。蔡伦用树皮和破布造纸。",
        "桥": "赵州桥由李春设计。它建于隋代。",
    }
    asked = [
        ("茶", "《茶经》是谁写的？", "陆羽"),
        ("纸", "蔡伦用什么造纸？", "树皮和破布"),
        ("桥", "赵州桥的设计者是谁？", "李春"),
    ]
    qas = {
        name: [{"id": f"q-{n}", "question": q, "answers": [{"text": a}]} for n, q, a in asked if n == name]
        for name in texts
    }
    whole = {"data": [{"paragraphs": [{"context": text, "qas": qas[name]} for name, text in texts.items()]}]}
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    request = Request(squad=path, systems=("full", "bm25"), scratch=tmp_path / "scratch")
    first = evaluate(settings, request)
    assert {m: first.results[1].values()[m] for m in ("RR@10", "R@1", "answer_sentence@1")} == {
        "RR@10": 1.0, "R@1": 1.0, "answer_sentence@1": 1.0}  # fmt: skip
    assert first.results[0].values()["RR@10"] == 1.0
    stores = list((tmp_path / "scratch").iterdir())
    generation = (stores[0] / "CURRENT").read_text()
    assert told(evaluate(settings, request)) == told(first)
    assert list((tmp_path / "scratch").iterdir()) == stores
    assert (stores[0] / "CURRENT").read_text() == generation  # nothing was built again


def test_a_beir_folder_end_to_end(settings, tmp_path):
    (tmp_path / "qrels").mkdir()
    corpus = [
        {"_id": "doc one", "title": "茶", "text": "陆羽写了《茶经》。"},
        {"_id": "2", "title": "", "text": "蔡伦造纸。"},
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "茶经"}), encoding="utf-8")
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\tdoc one\t1\n")
    report = evaluate(
        settings, Request(beir=tmp_path, systems=("dense",), scratch=tmp_path / "s", out=tmp_path / "out")
    )
    assert report.results[0].values()["nDCG@10"] == 1.0
    assert read_run(tmp_path / "out" / "run-dense.trec")["q"][0] == "doc_one"
    assert "answer_sentence@1" not in report.results[0].values()


def test_the_ablations_lose_their_part(settings):
    types = ("number",)
    report = evaluate(settings, Request(set=MINI, systems=("full", "full-facts", "full-synonyms"), types=types))
    values = {r.name: r.values() for r in report.results}
    assert values["full-facts"]["number"] < values["full"]["number"]


def test_the_report_for_a_terminal(mini):
    lines = plain(mini[0], with_failures=True).splitlines()
    assert lines[0] == "== full on mini: 20 questions"
    value = mini[0].results[0].values()["score"]
    assert lines[1].split()[:2] == ["score", f"{value:.3f}"]
    failed = [line for line in lines if line.startswith("-- ")]
    assert len(failed) == sum(q.row["score"][0] < 1 for q in mini[0].results[0].questions)


def test_the_command_of_those_who_tune(settings, mini, tmp_path, capsys):
    common = ["--store", str(settings.store)]
    assert main([*common, "--set", str(MINI), "--check"]) == 0
    assert capsys.readouterr().out == "all labels hold\n"
    assert main([*common, "--set", str(MINI), "--type", "yesno", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == 1
    high = tmp_path / "floors.toml"
    high.write_text("[at_least.full]\nscore = 2\n")
    assert main([*common, "--set", str(MINI), "--type", "yesno", "--floors", str(high)]) == 1
    told = capsys.readouterr()
    assert "== full on mini: 1 questions" in told.out
    assert "full: score is 1.0, not at least 2" in told.err
    assert main([*common, "--set", str(tmp_path / "absent")]) == 1
    assert capsys.readouterr().err.startswith("cannot read ")
    run, qrels = str(mini[1] / "run-full.trec"), str(mini[1] / "qrels.trec")
    assert main(["--store", str(tmp_path / "none"), "--run", run, "--qrels", qrels]) == 0
    assert not (tmp_path / "none").exists()  # judging a run needs no store


def test_passages_without_their_prefix(assistant, settings, tmp_path):
    with Store.open(settings.store_dir) as store:
        folder = unprefixed_store(store, settings, within=tmp_path)
        assert unprefixed_store(store, settings, within=tmp_path) == folder  # made once
        province, passage = next((p.province, p) for p in store.passages() if p.province and p.province not in p.text)
        with Store.open(folder) as bare:
            assert bare.passages() == store.passages()
            assert bare.facts() == store.facts()
            found = {
                name: {row for row, _ in s.search_words(province, 1000)}
                for name, s in (("with", store), ("bare", bare))
            }
            assert store.row_of(passage.id) in found["with"]
            assert bare.row_of(passage.id) not in found["bare"]
