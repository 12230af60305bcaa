"""The wheel holds what an install outside a checkout needs, and answers from there."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("index/corpus", "index/lexicon", "index/calibration", "prompts", "eval")
QUESTION = "山东2022年高新技术企业目标是多少？"


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return zipfile.ZipFile(next(out.glob("*.whl")))


def shipped(room):
    return {p.relative_to(ROOT).as_posix() for p in (ROOT / room).rglob("*") if p.is_file() and p.name != ".DS_Store"}


@pytest.mark.parametrize("room", ROOMS)
def test_the_wheel_carries_every_room_of_data(wheel, room):
    names = set(wheel.namelist())
    assert shipped(room)
    assert {f"assistant/_data/{name}" for name in shipped(room)} <= names


def test_the_wheel_carries_all_code_and_nothing_built(wheel):
    names = set(wheel.namelist())
    code = {p.relative_to(ROOT).as_posix() for p in (ROOT / "assistant").rglob("*.py")}
    assert code <= names
    assert "assistant/py.typed" in names
    assert not [n for n in names if "index/store" in n or n.startswith("tests/") or n.endswith(".pyc")]
    assert {n for n in names if n.startswith("assistant/_data/index/")} == {
        f"assistant/_data/{name}" for room in ROOMS if room.startswith("index/") for name in shipped(room)
    }


def test_the_wheel_names_the_command_and_the_licence(wheel):
    read = {n.rpartition("/")[2]: n for n in wheel.namelist() if ".dist-info/" in n}
    assert "shengwen = assistant.cli:main" in wheel.read(read["entry_points.txt"]).decode()
    assert wheel.read(read["LICENSE"])


@pytest.mark.slow
def test_the_wheel_answers_outside_the_checkout(wheel, tmp_path):
    wheel.extractall(tmp_path / "site")
    env = os.environ | {"PYTHONPATH": str(tmp_path / "site"), "SHENGWEN_STORE": str(tmp_path / "store")}
    code = (
        "import sys, assistant; from assistant.cli import main; print(assistant.__file__, file=sys.stderr); "
        f"sys.exit(main(['ask', {QUESTION!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "site") in done.stderr
    assert done.stdout.splitlines()[0] == "2.3万家"


def test_every_dependency_has_a_range(project):
    dependencies = project["project"]["dependencies"]
    assert len(dependencies) == len({d.split(">")[0].split("=")[0] for d in dependencies})
    assert [d for d in dependencies if not any(mark in d for mark in (">=", "=="))] == []


def test_every_marker_of_the_tests_is_registered(project):
    options = project["tool"]["pytest"]["ini_options"]
    assert "--strict-markers" in options["addopts"] and options["filterwarnings"][0] == "error"


def test_the_ci_script_runs_what_the_readme_says():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    for step in ("pip install --quiet --disable-pip-version-check -e '.[dev]'", "ruff check .", "mypy", "pytest"):
        assert step in script
