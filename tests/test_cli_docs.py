"""The documentation is true: every command has help with an example, and stands in both READMEs."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
import typer.main
from cli_running import run_with

from assistant.cli.main import app

ROOT = Path(__file__).resolve().parent.parent
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]


def commands(group=None, path=()):
    group = group if group is not None else typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands())


def test_the_commands_are_those_of_the_interface():
    single = {
        "ask",
        "search",
        "chat",
        "serve",
        "facts",
        "terms",
        "locate",
        "eval",
        "bench",
        "doctor",
        "verify-bundle",
        "password",
    }
    index = {("index", name) for name in ("build", "add", "remove", "list", "info", "verify", "backup", "restore")}
    feedback = {("feedback", name) for name in ("list", "export")}
    assert set(COMMANDS) == {(name,) for name in single} | index | feedback


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_has_an_example_that_parses(capsys, path):
    ran = run_with(capsys)(*path, "--help")
    assert ran.status == 0 and ran.err == ""
    words = " ".join(ran.out.split())
    assert COMMANDS[path].help.splitlines()[0] in words or COMMANDS[path].help.split("。")[0] in words
    example = shlex.split(COMMANDS[path].epilog.removeprefix("Example: "))
    assert tuple(example[: 1 + len(path)]) == ("shengwen", *path)
    COMMANDS[path].make_context("example", example[1 + len(path) :], resilient_parsing=False)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", ["--store", "--config", "--debug"])
def test_every_command_takes_the_common_options(path, option):
    assert option in [o for p in COMMANDS[path].params for o in p.opts]


@pytest.mark.parametrize("path", sorted(set(COMMANDS) - {("chat",), ("serve",)}), ids=" ".join)
def test_every_command_that_ends_speaks_json(path):
    assert "--json" in [o for p in COMMANDS[path].params for o in p.opts]


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_stands_in_the_readmes(readme, path):
    text = readme.read_text("utf-8")
    assert f"`shengwen {' '.join(path)}" in text or (path[0] == "index" and f"`{path[1]}`" in text)


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
def test_the_first_screen_shows_the_two_commands(readme):
    first = "\n".join(readme.read_text("utf-8").splitlines()[:40])
    assert "pip install -e . && shengwen serve" in first
    assert "pip install -e '.[dev]' && pytest" in first


SHOWN = re.compile(r"```\n\$ (shengwen ask [^\n]+)\n(.*?)\n```", re.DOTALL)


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
def test_the_answers_shown_are_those_given(readme, capsys, store_dir):
    """With UPDATE_DOCS=1 in the environment the README is corrected instead."""

    def given(shown):
        return f"```\n$ {shown[1]}\n{run_with(capsys, store_dir)(*shlex.split(shown[1])[1:]).out.strip()}\n```"

    text = readme.read_text("utf-8")
    assert SHOWN.search(text)
    right = SHOWN.sub(given, text)
    if os.environ.get("UPDATE_DOCS"):
        readme.write_text(right, "utf-8")
    assert text == right or os.environ.get("UPDATE_DOCS")


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
def test_links_of_the_readme_lead_somewhere(readme):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", readme.read_text("utf-8")):
        assert (ROOT / target).exists(), target


def test_every_setting_is_documented():
    from assistant.settings import LanguageModelSettings, MilvusSettings, Settings

    for readme in READMES:
        text = readme.read_text("utf-8")
        for name in (*Settings.model_fields, *LanguageModelSettings.model_fields, *MilvusSettings.model_fields):
            assert f"`{name}`" in text or f"`[{name}]`" in text, (readme.name, name)


def test_the_changelog_has_this_version():
    from assistant import __version__

    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
