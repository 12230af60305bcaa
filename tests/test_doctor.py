"""The doctor finds what is wrong, says what to do, and changes nothing."""

from __future__ import annotations

import importlib.metadata
import shutil

import pytest
from cli_running import run_with

import assistant.doctor as doctor
from assistant.doctor import examine
from assistant.errors import LexiconError
from assistant.settings import data_dir


def by_check(findings):
    out = {}
    for f in findings:
        out.setdefault(f.check, []).append(f)
    return out


def worst(findings, check):
    ranks = ["ok", "warning", "error"]
    return ranks[max(ranks.index(f.severity) for f in by_check(findings)[check])]


def test_a_whole_installation_is_whole(store_dir):
    findings = examine(store_dir)
    assert list(by_check(findings)) == ["installation", "settings", "model", "lexicon", "corpus", "prompts", "store"]
    assert {f.severity for f in findings} == {"ok"}, findings


def test_the_command_reports_and_exits_by_what_it_found(capsys, store_dir, tmp_path, monkeypatch):
    whole = run_with(capsys, store_dir)("doctor", "--json")
    assert whole.status == 0 and whole.json["ok"] is True
    shutil.copytree(store_dir, tmp_path / "store")
    next((tmp_path / "store").glob("gen-*/truth.sqlite")).write_bytes(b"nonsense")
    broken = run_with(capsys, tmp_path / "store")("doctor", "--json")
    assert broken.status == 1 and broken.json["ok"] is False
    finding = next(f for f in broken.json["findings"] if f["severity"] == "error")
    assert finding["check"] == "store" and "truth.sqlite" in finding["message"]
    assert "index build --rebuild" in finding["message"] + finding["remedy"]


def test_no_store_yet_is_a_warning_and_builds_none(tmp_path):
    findings = examine(tmp_path / "store")
    assert worst(findings, "store") == "warning"
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_of_the_store_is_named(store_dir, tmp_path):
    shutil.copytree(store_dir, tmp_path / "store")
    victim = next((tmp_path / "store").glob("gen-*/token_places.npy"))
    data = bytearray(victim.read_bytes())
    data[-1] ^= 1
    victim.write_bytes(data)
    finding = by_check(examine(tmp_path / "store"))["store"][0]
    assert (finding.severity, "token_places.npy" in finding.message) == ("error", True)
    assert "--rebuild" in finding.remedy


def test_a_wrong_setting_is_an_error_of_its_own(tmp_path):
    (tmp_path / "s.toml").write_text("prot = 1\n")
    findings = examine(config=tmp_path / "s.toml")
    assert worst(findings, "settings") == "error" and "port" in by_check(findings)["settings"][0].message


def test_a_model_that_is_not_prepared_is_a_warning_and_stays_so(store_dir, tmp_path):
    (tmp_path / "s.toml").write_text(f"cache = '{(tmp_path / 'cache').as_posix()}'\n")
    findings = examine(store_dir, tmp_path / "s.toml")
    assert worst(findings, "model") == "warning" and worst(findings, "store") == "ok"
    assert not (tmp_path / "cache").exists()


def test_a_model_that_cannot_be_had_is_an_error(store_dir, tmp_path):
    (tmp_path / "s.toml").write_text("model = './nowhere'\n")
    assert worst(examine(store_dir, tmp_path / "s.toml"), "model") == "error"


def test_one_failing_check_keeps_no_other_from_being_made(store_dir, monkeypatch):
    def broken(folder=None):
        raise LexiconError("provinces.toml, line 3: no name")

    monkeypatch.setattr(doctor, "load_lexicon", broken)
    findings = examine(store_dir)
    assert worst(findings, "lexicon") == "error" and worst(findings, "corpus") == "ok"
    assert by_check(findings)["lexicon"][0].remedy


@pytest.mark.parametrize(("version", "severity"), [("0.1", "warning"), (None, "error")])
def test_packages_out_of_range_or_missing_are_named(store_dir, monkeypatch, version, severity):
    original = importlib.metadata.version

    def told(name):
        if name != "jieba":
            return original(name)
        if version is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return version

    monkeypatch.setattr(importlib.metadata, "version", told)
    finding = by_check(examine(store_dir))["installation"][0]
    assert (finding.severity, "jieba" in finding.message, bool(finding.remedy)) == (severity, True, True)


def test_a_prompt_that_an_editor_broke_is_named(store_dir, tmp_path, monkeypatch):
    original = doctor.load_prompt
    for name in doctor.PROMPTS:
        (tmp_path / f"{name}.md").write_text((data_dir("prompts") / f"{name}.md").read_text("utf-8"), "utf-8")
    monkeypatch.setattr(doctor, "load_prompt", lambda name, **rest: original(name, folder=tmp_path, **rest))
    assert worst(examine(store_dir), "prompts") == "ok"
    broken = tmp_path / f"{doctor.PROMPTS[0]}.md"
    broken.write_text(broken.read_text("utf-8").replace("{{question}}", "{{qestion}}"), "utf-8")
    finding = by_check(examine(store_dir))["prompts"][0]
    assert finding.severity == "error" and "'question'" in finding.message and finding.remedy
