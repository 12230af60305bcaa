"""Disks that take no more, real and injected: one clear error, and what was there still answers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from killing import AFTER, HERE, NEW, OLD_IDS, build, clear, told
from store_fakes import corpus

from assistant.errors import StoreError
from assistant.store import backup, restore, verify

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


def says_so(message, work):
    if work == "upload":  # the page's own words
        return "cannot write to its disk" in message
    return "No space left" in message and "\n" not in message


def refused(forker, whole, room, answers, tally, *, each):
    """Every kind of change on a disk that is full from a step on: one line says so, and the store is as before or after."""
    for work in AFTER:
        before, after, steps, _ = answers[work]
        for n in range(1, steps + 1, each):
            folder = room / "store"
            if work != "first":
                shutil.copytree(whole, folder)
            ended = forker.change(folder, work, step=n, full=True)
            assert (ended["signal"], ended["status"]) == (0, 0), (work, n)
            found = told(folder)
            assert found == after or (found == before and says_so(ended["told"], work)), (work, n, ended)
            assert found is None or verify(folder) == []
            build(folder, [NEW, *corpus()])
            assert told(folder)[0] == AFTER["add"] and verify(folder) == []
            clear(folder)
            tally["full disks survived"] += 1


def test_writes_that_are_refused(forker, whole, room, answers, tally):
    refused(forker, whole, room, answers, tally, each=25)


@pytest.mark.slow
def test_many_writes_that_are_refused(forker, whole, room, answers, tally):
    refused(forker, whole, room, answers, tally, each=4)


DISK = 4_000_000
BLOCK = 4096


@pytest.fixture
def disk(tmp_path):
    """A real disk of four megabytes, in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only where disks may be mounted")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk, left):
    """Take all of the disk but so many bytes."""
    free = os.statvfs(disk).f_bavail * BLOCK
    (disk / "filler").write_bytes(bytes(max(0, free - left)))


CHANGES = {
    "build": lambda folder: build(folder, [NEW, *corpus()]),
    "add": lambda folder: build(folder, [NEW], keep=OLD_IDS),
    "remove": lambda folder: build(folder, [], keep=[i for i in OLD_IDS if i != "山东2022"]),
    "backup": lambda folder: backup(folder, folder.parent / "copy.zip"),
    "restore": lambda folder: restore(folder.parent / "kept", folder),
}


@pytest.mark.parametrize("work", CHANGES)
def test_a_real_disk_that_is_full(whole, disk, tally, work):
    """Whatever room is left, from none to enough: one line says that there is not enough, and nothing is lost."""
    refusals, left = 0, 0
    while True:
        folder = disk / "store"
        shutil.copytree(whole, folder)
        backup(whole, disk / "kept")
        before = told(folder)
        fill(disk, left)
        try:
            CHANGES[work](folder)
        except StoreError as e:
            assert "\n" not in str(e) and ("No space left" in str(e) or "full" in str(e) or "free space" in str(e)), e
            assert told(folder) == before and verify(folder) == []
            assert not list(disk.glob("*copy*"))
            refusals += 1
        else:
            assert verify(folder) == []
            break
        finally:
            (disk / "filler").unlink()
        CHANGES[work](folder)
        assert verify(folder) == [] and not list(folder.glob("*.tmp"))
        for path in disk.iterdir():
            clear(path) if path.is_dir() else path.unlink()
        left += 2 * BLOCK
    assert refusals > 3
    tally["full disks survived"] += refusals
