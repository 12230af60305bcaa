"""Every direct dependency has a reason and a licence, and docs/dependencies.md says both as they are."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "dependencies.md"
LINE = re.compile(r'^    "([^"]+)",\s*(?:# (.+))?$', re.MULTILINE)
HEAD = """# Dependencies

What `pip install shengwen` brings in by name, with its licence as its own metadata states it, and why. The page is made from `pyproject.toml` and the installed packages; a test keeps it current (`UPDATE_DOCS=1 pytest tests/trust/test_dependencies.py` writes it anew).

| package | range | licence | reason |
| --- | --- | --- | --- |
"""


def required():
    """(requirement, reason) of each direct dependency."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = text[text.index("\ndependencies = [") : text.index("[project.optional-dependencies]")]
    return [(Requirement(line), (reason or "").strip()) for line, reason in LINE.findall(block)]


def licence_of(name):
    """As the package's metadata says it: SPDX expression, short name, or classifier."""
    told = importlib.metadata.metadata(name)
    if expression := told.get("License-Expression"):
        return expression
    stated = (told.get("License") or "").strip()
    if stated and "\n" not in stated and len(stated) < 60:
        return stated
    named = [c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or () if c.startswith("License ::")]
    return ", ".join(n for n in named if n != "OSI Approved")


def made():
    rows = []
    for requirement, reason in sorted(required(), key=lambda found: found[0].name.lower()):
        bounds = ", ".join(sorted(map(str, requirement.specifier), reverse=True)) or "any"
        rows.append(f"| {requirement.name} | {bounds} | {licence_of(requirement.name)} | {reason} |")
    return HEAD + "\n".join(rows) + "\n"


def test_every_dependency_has_a_reason_and_a_licence():
    assert len(required()) > 25
    for requirement, reason in required():
        assert reason, requirement.name
        assert licence_of(requirement.name), requirement.name
        assert requirement.specifier, requirement.name


def test_the_page_is_current():
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(made(), "utf-8")
    assert PAGE.read_text("utf-8") == made()


def test_a_wheel_is_the_same_whoever_builds_it(tmp_path):
    pytest.importorskip("hatchling", reason="hatchling is not installed (pip install -e '.[dev]')")
    built = []
    for n in range(2):
        out = tmp_path / str(n)
        env = os.environ | {
            "SOURCE_DATE_EPOCH": "1790000000",
            "TZ": ("UTC", "Asia/Shanghai")[n],
            "PYTHONHASHSEED": str(n),
        }
        run = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
        subprocess.run(run, cwd=ROOT, env=env, check=True, capture_output=True)
        (wheel,) = out.glob("*.whl")
        built.append(hashlib.sha256(wheel.read_bytes()).hexdigest())
        names = zipfile.ZipFile(wheel).namelist()
    assert built[0] == built[1]
    assert not [n for n in names if "store/gen-" in n or n.endswith((".pyc", "shengwen.toml", ".jsonl.bak"))]
