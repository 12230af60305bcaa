"""Processes killed while they change a store; folders that vanish, clocks that go back."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from killing import AFTER, HERE, NEW, OLD_IDS, build, clear, told
from store_fakes import corpus

from assistant.errors import StoreError
from assistant.store import Store, verify

WORKS = tuple(AFTER)


def survive(work, forker, whole, folder, answers, **when):
    """One change killed: the store is whole, answers as before or after, and the next change cleans up."""
    if work != "first":
        shutil.copytree(whole, folder)
    ended = forker.change(folder, work, **when)
    assert ended["status"] == 0 and ended["signal"] in (0, signal.SIGKILL, signal.SIGALRM), ended
    before, after, *_ = answers[work]
    found = told(folder)
    assert found in (before, after), (work, when)
    if found is not None:
        assert verify(folder) == [], (work, when)
    build(folder, [NEW, *corpus()])  # the dead process holds no lock
    assert told(folder)[0] == AFTER["add"] and verify(folder) == []
    assert not [p for p in folder.iterdir() if p.suffix == ".tmp" or p.name.endswith("-journal")]
    assert len(list(folder.glob("gen-*"))) <= 2
    clear(folder)
    return ended["signal"] != 0


def kill(forker, whole, room, answers, tally, *, each, moments):
    """Every kind of change, killed at ``each`` of its steps, and at ``moments`` drawn from a seed over the time it takes.

    :param each: so many steps spread over all; ``None``: all of them.
    """
    draw = random.Random(7)
    for work in WORKS:
        _, _, steps, seconds = answers[work]
        alive = 0
        at = range(1, steps + 1) if each is None else sorted({1 + n * (steps - 1) // (each - 1) for n in range(each)})
        for n in at:
            killed = survive(work, forker, whole, room / "store", answers, step=n)
            tally["kills survived (at a step)"] += killed
            alive += not killed
        for _ in range(moments):
            after = draw.uniform(0.001, 1.1 * seconds)
            tally["kills survived (at a moment)"] += survive(work, forker, whole, room / "store", answers, after=after)
        assert alive <= 2, work  # the last steps of one run may be none of another


def test_a_process_killed_while_it_changes_the_store(forker, whole, room, answers, tally):
    kill(forker, whole, room, answers, tally, each=7, moments=2)


@pytest.mark.slow
def test_a_process_killed_at_every_step_and_many_moments(forker, whole, room, answers, tally):
    kill(forker, whole, room, answers, tally, each=None, moments=50)


def is_root():
    return os.name == "posix" and os.geteuid() == 0


@pytest.mark.skipif(
    is_root(), reason="root may write everywhere; the store without rights is tested as another user below"
)
def test_a_store_without_the_right_to_write(whole, tmp_path):
    folder = tmp_path / "store"
    shutil.copytree(whole, folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode & 0o555)
    try:
        with pytest.raises(StoreError, match="no right to write"):
            build(folder, [NEW])
        assert told(folder)[0] == OLD_IDS
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)


READ_ONLY = """
import os, sys
from pathlib import Path
from store_fakes import FakeModel, parse
from assistant.errors import StoreError
from assistant.store import Segmenter, Store, Writer, verify
folder = Path(sys.argv[1])
with Store.open(folder) as store:  # what is imported late is imported while the installation may be read
    store.search_words("企业", 9), store.search_vectors(FakeModel().vector("x"), 9)
verify(folder)
os.setgid(65534); os.setuid(65534)
with Store.open(folder) as store:
    print(len(store.documents()), len(store.search_words("企业", 9)), verify(folder))
try:
    with Writer(folder, FakeModel(), Segmenter()) as writer:
        writer.commit([parse("新", [("plan", "新的。")])])
except StoreError as e:
    print(e)
"""


@pytest.mark.skipif(not is_root(), reason="only root can become another user")
def test_a_store_that_another_user_may_only_read(whole):
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        folder = Path(place) / "store"
        shutil.copytree(whole, folder)
        paths = os.pathsep.join(map(str, (HERE.parent.parent, HERE.parent)))
        env = os.environ | {"PYTHONPATH": paths, "PYTHONUTF8": "1", "HOME": place}
        ended = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(folder)], env=env, capture_output=True, text=True, cwd=place
        )
    assert ended.returncode == 0, ended.stderr
    first = ended.stdout.splitlines()[0]
    assert first.startswith("3 ") and first.endswith("[]")
    assert "no right to write" in ended.stdout


def test_a_clock_that_goes_back(whole, tmp_path, monkeypatch):
    import datetime

    from assistant.store import writer as writing

    class Back(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(1999, 1, 1, tzinfo=tz)

    folder = tmp_path / "store"
    shutil.copytree(whole, folder)
    monkeypatch.setattr(writing.datetime, "datetime", Back)
    assert build(folder, [NEW], keep=OLD_IDS) == 2
    with Store.open(folder) as store:
        assert store.generation == 2 and store.manifest.created.startswith("1999")
    assert build(folder, [NEW], keep=OLD_IDS) == 3 and verify(folder) == []


@pytest.mark.parametrize("stage", ["documents", "embed", "vectors", "words", "sync", "switch"])
def test_a_store_that_is_pulled_away_while_it_is_written(whole, tmp_path, stage):
    """One line, no new folder in its place, and elsewhere it is as it was; back in its place it is written again."""
    folder, elsewhere = tmp_path / "store", tmp_path / "elsewhere"
    shutil.copytree(whole, folder)
    before = told(folder)

    def pull(at, done, total):
        if at == stage and folder.exists():
            folder.rename(elsewhere)

    with pytest.raises(StoreError) as refused:
        build(folder, [NEW], keep=OLD_IDS, progress=pull)
    assert str(folder) in str(refused.value) and "\n" not in str(refused.value)
    assert not folder.exists() and told(elsewhere) == before and verify(elsewhere) == []
    elsewhere.rename(folder)
    build(folder, [NEW], keep=OLD_IDS)
    assert verify(folder) == [] and not list(folder.glob("*.tmp"))
