"""A store's life through the command line."""

from __future__ import annotations

import pytest
from cli_running import run_with

REPORT = "{0}2023年政府工作报告\n\n一、2022年工作回顾\n高新技术企业达到{1}万家。\n\n二、2023年工作安排\n研发投入增长{2}%以上。\n"


@pytest.fixture
def reports(tmp_path):
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "广东.txt").write_text(REPORT.format("广东省", "7.5", 9), "utf-8")
    (folder / "四川.txt").write_bytes(REPORT.format("四川省", "1.5", 12).encode("gb18030"))
    return folder


def test_build_add_ask_remove_and_rebuild(capsys, tmp_path, reports):
    run = run_with(capsys, tmp_path / "store")
    built = run("index", "build", reports / "广东.txt", "--json")
    assert (built.status, built.json["counts"]["documents"], built.json["failures"]) == (0, 1, [])

    assert run("index", "build", reports).status == 1  # it would drop what is there
    (reports / "空.txt").write_text("")
    added = run("index", "add", reports, "--json")
    assert added.status == 1  # one file failed; the others are in
    assert added.json["counts"]["documents"] == 2
    assert "空.txt" in added.json["failures"][0]["path"] and "空.txt" in added.err
    assert "12%" in run("ask", "四川2023年研发投入增长目标是多少？").out

    assert run("index", "remove", "广东", "--json").json["counts"]["documents"] == 1
    last = run("index", "remove", "四川")
    assert last.status == 1 and "last document" in last.err

    before = run("index", "list", "--json").json
    again = run("index", "build", "--rebuild", "--json")
    assert again.status == 0 and again.json["generation"] == 4
    assert run("index", "list", "--json").json == before
    assert run("index", "verify").status == 0

    replaced = run("index", "build", reports / "广东.txt", "--rebuild", "--json")
    assert replaced.status == 0
    assert [d["id"] for d in run("index", "list", "--json").json["documents"]] == ["广东"]


def test_a_rebuild_of_a_damaged_store_falls_back_on_the_shipped_corpus(capsys, tmp_path, assistant):
    store = tmp_path / "store"
    store.mkdir()
    (store / "CURRENT").write_text("nonsense")
    run = run_with(capsys, store)
    assert run("index", "info").status == 1
    assert run("index", "build", "--rebuild", "--json").status == 0
    assert [d["id"] for d in run("index", "list", "--json").json["documents"]] == [d.id for d in assistant.documents()]


def test_what_is_parsed_again_is_what_was_parsed_from_the_files(capsys, tmp_path, reports):
    run = run_with(capsys, tmp_path / "store")
    run("index", "build", reports)
    before = run("facts", "--json").json
    run("index", "build", "--rebuild")
    assert run("facts", "--json").json == before and before["facts"]
