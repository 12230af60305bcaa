"""Processes killed while they change a store; disks that refuse, folders that vanish, clocks that go back."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from store_fakes import FakeModel, corpus, parse

from assistant.errors import StoreError, StoreMissing
from assistant.store import Segmenter, Store, Writer, verify

HERE = Path(__file__).parent
OLD_IDS = sorted(p.document.id for p in corpus())
NEW = parse("福建2022", [("plan", "建设数字福建。技术合同成交额增长20%。")], "福建", 2022)
AFTER = {
    "first": sorted([*OLD_IDS, "福建2022"]),
    "build": sorted([*OLD_IDS, "福建2022"]),
    "add": sorted([*OLD_IDS, "福建2022"]),
    "upload": sorted([*OLD_IDS, "福建2022"]),
    "remove": [i for i in OLD_IDS if i != "山东2022"],
}
WORKS = tuple(AFTER)
SEGMENTER = Segmenter(("揭榜挂帅",))


def build(folder, documents, **options):
    with Writer(folder, FakeModel(), SEGMENTER) as writer:
        return writer.commit(documents, **options)


class Forker:
    """The process that forks children to be killed."""

    def __init__(self, temporary):
        paths = os.pathsep.join(map(str, (HERE.parent.parent, HERE.parent, HERE)))
        env = os.environ | {"PYTHONPATH": paths, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
        temporary.mkdir()  # the killed leave things there, too
        env |= {"TMPDIR": str(temporary), "GRADIO_TEMP_DIR": str(temporary)}
        run = [sys.executable, str(HERE / "crash_child.py")]
        self.process = subprocess.Popen(run, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def change(self, store, work, **when):
        command = {"store": str(store), "work": "build" if work == "first" else work, **when}
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A folder in memory where there is one: a killed process leaves the same there, without the wait for a disk."""
    if not Path("/dev/shm").is_dir():
        yield tmp_path_factory.mktemp("room")
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def forker(room):
    made = Forker(room / "tmp")
    yield made
    made.close()


@pytest.fixture(scope="module")
def whole(room):
    folder = room / "whole"
    build(folder, corpus())
    return folder


def told(folder):
    """What a store answers: its documents, and ranked rows for words and a vector."""
    try:
        with Store.open(folder, segmenter=SEGMENTER) as store:
            words = [store.passage(row).text for row, _ in store.search_words("高新技术企业", 20)]
            vectors = [store.passage(row).text for row, _ in store.search_vectors(FakeModel().vector("x"), 20)]
            return [d.id for d in store.documents()], words, vectors
    except StoreMissing:
        return None


@pytest.fixture(scope="module")
def answers(whole, forker, room):
    """What each change's store answers before and after it, and in how many steps and seconds it is made."""
    out = {}
    for work in WORKS:
        folder = room / "store"
        if work != "first":
            shutil.copytree(whole, folder)
        before = told(folder)
        ended = forker.change(folder, work)
        assert (ended["signal"], ended["status"]) == (0, 0)
        out[work] = before, told(folder), ended["steps"], ended["seconds"]
        assert out[work][1][0] == AFTER[work]
        shutil.rmtree(folder)
    return out


def survive(work, forker, whole, folder, answers, **when):
    """One change killed: the store is whole, answers as before or after, and the next change cleans up."""
    if work != "first":
        shutil.copytree(whole, folder)
    ended = forker.change(folder, work, **when)
    assert ended["status"] == 0
    before, after, *_ = answers[work]
    found = told(folder)
    assert found in (before, after), (work, when)
    if found is not None:
        assert verify(folder) == [], (work, when)
    build(folder, [NEW, *corpus()])  # the dead process holds no lock
    assert told(folder)[0] == AFTER["add"] and verify(folder) == []
    assert not [p for p in folder.iterdir() if p.suffix == ".tmp" or p.name.endswith("-journal")]
    assert len(list(folder.glob("gen-*"))) <= 2
    shutil.rmtree(folder)
    return ended["signal"] != 0


def killed(forker, whole, room, answers, tally, *, each, moments):
    """Every kind of change, killed at ``each`` of its steps, and at ``moments`` drawn from a seed over the time it takes.

    :param each: so many steps spread over all; ``None``: all of them.
    """
    draw = random.Random(7)
    for work in WORKS:
        _, _, steps, seconds = answers[work]
        at = range(1, steps + 1) if each is None else sorted({1 + n * (steps - 1) // (each - 1) for n in range(each)})
        for n in at:
            assert survive(work, forker, whole, room / "store", answers, step=n), (work, n)
            tally["kills survived (at a step)"] += 1
        for _ in range(moments):
            after = draw.uniform(0.001, 1.1 * seconds)
            tally["kills survived (at a moment)"] += survive(work, forker, whole, room / "store", answers, after=after)


def test_a_process_killed_while_it_changes_the_store(forker, whole, room, answers, tally):
    killed(forker, whole, room, answers, tally, each=7, moments=2)


@pytest.mark.slow
def test_a_process_killed_at_every_step_and_many_moments(forker, whole, room, answers, tally):
    killed(forker, whole, room, answers, tally, each=None, moments=50)


FULL = """
import resource, sys
from pathlib import Path
from store_fakes import FakeModel, corpus, parse
from assistant.errors import StoreError
from assistant.store import Segmenter, Writer
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
new = parse("新", [("plan", "".join(f"第{n}条措施。" for n in range(400)))], "福建", 2022)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    with Writer(Path(sys.argv[1]), FakeModel(), Segmenter()) as writer:
        writer.commit([new], keep=sys.argv[3].split(","))
except StoreError as e:
    print(e)
    sys.exit(1)
"""


@pytest.mark.parametrize("limit", [4_000, 40_000, 90_000])
def test_a_disk_that_takes_no_more(whole, tmp_path, limit):
    folder = tmp_path / "store"
    shutil.copytree(whole, folder)
    before = told(folder)
    paths = os.pathsep.join(map(str, (HERE.parent.parent, HERE.parent)))
    run = [sys.executable, "-c", FULL, str(folder), str(limit), ",".join(OLD_IDS)]
    env = os.environ | {"PYTHONPATH": paths, "PYTHONUTF8": "1"}
    ended = subprocess.run(run, env=env, capture_output=True, text=True)
    assert ended.returncode == 1, ended.stderr
    assert str(folder) in ended.stdout and "Traceback" not in ended.stderr
    assert told(folder) == before and verify(folder) == []
    assert not list(folder.glob("*.tmp"))


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
