"""Small stores, what they answer, and a process whose children change them and come to grief on the way."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from store_fakes import FakeModel, corpus, parse

from assistant.errors import StoreMissing
from assistant.store import Segmenter, Store, Writer

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
SEGMENTER = Segmenter(("揭榜挂帅",))


def build(folder, documents, **options):
    with Writer(folder, FakeModel(), SEGMENTER) as writer:
        return writer.commit(documents, **options)


def told(folder):
    """What a store answers: its documents, and ranked rows for words and a vector."""
    try:
        with Store.open(folder, segmenter=SEGMENTER) as store:
            words = [store.passage(row).text for row, _ in store.search_words("高新技术企业", 20)]
            vectors = [store.passage(row).text for row, _ in store.search_vectors(FakeModel().vector("x"), 20)]
            return [d.id for d in store.documents()], words, vectors
    except StoreMissing:
        return None


def clear(folder):
    """Remove a store that has just been read: opening it, a thread of the word index puts a lock file there for a moment."""
    for _ in range(100):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
    raise AssertionError(f"{folder} stays")


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
