"""A process that changes stores and is killed on the way: it forks a child for each command read from stdin.

A command is a line of JSON: ``store``, ``work`` (build, add, remove, upload), and where to die: ``step`` (at the n-th step
that the store's files take) or ``after`` (seconds); with ``full``, the disk is full from that step on instead. The
answer is a line of JSON with the signal that ended the child, or its status, and of one that lived to the end how many
steps and seconds it took, and what went wrong in its own words.
"""

import errno
import faulthandler
import functools
import json
import os
import signal
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import faiss  # noqa: F401
import tantivy  # noqa: F401
from serving import built, running
from small import Stub
from store_fakes import FakeModel, corpus, parse

from assistant.assistant import Assistant
from assistant.errors import StoreError
from assistant.lexicon import Lexicon
from assistant.settings import Settings, data_dir
from assistant.store import Segmenter, Store, Writer

OLD_IDS = sorted(p.document.id for p in corpus())
TEXT = "建设数字福建。技术合同成交额增长20%。"
NEW = parse("福建2022", [("plan", TEXT)], "福建", 2022)
WORDS = ("揭榜挂帅",)
SEGMENTER = Segmenter(WORDS)
EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.link"}
WRITES = ("BEGIN", "COMMIT", "ROLLBACK", "CREATE", "DROP", "VACUUM")
"""What an SQL statement begins with that the disk hears of; rows are written at their transaction's end."""


class Few(Lexicon):
    """The lexicon with the few words by which the stores here are segmented."""

    def words(self):
        return WORDS


@functools.cache
def application(store):
    """The whole server over a store, made once for all children."""
    settings = Settings(store=store, allow_upload=True, questions_per_minute=0)
    return built(Assistant(settings, Few(data_dir("index/lexicon")), Stub(), Store.open(store)))


def change(store, work):
    """One change of the store, as the program makes it."""
    with Writer(store, FakeModel(), SEGMENTER) as writer:
        if work == "build":
            writer.commit([NEW, *corpus()])
        elif work == "remove":
            writer.commit([], keep=[i for i in OLD_IDS if i != "山东2022"])
        else:
            writer.commit([NEW], keep=OLD_IDS)


def upload(store):
    """A file sent by a browser, and added."""
    with running(application(store)) as client:
        form = (
            f'--x\r\ncontent-disposition: form-data; name="files"; filename="福建2022.txt"\r\n\r\n{TEXT}\r\n--x--\r\n'
        )
        kind = "multipart/form-data; boundary=x"
        path = client.send("POST", "/gradio_api/upload", form.encode(), content_type=kind)[1][0]
        config = client.send("GET", "/config")[1]
        view = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "sw-view-corpus")

        def call(name, **data):
            body = {"session_hash": "x", "component_id": view, "fn_name": name, "data": data}
            return client.post("/gradio_api/component_server", body)[1]

        assert call("begin_adding", files=[{"path": path, "name": "福建2022.txt"}]) == {"begun": True}
        client.until(lambda: not call("job")["running"])
        return call("job", language="en")["html"]


def trip(store, step, full):
    """SIGKILL at the n-th step that files of the store take, or from it on no more room; returns what counts them."""
    seen = [0]

    def count(adds=False):
        seen[0] += 1
        if seen[0] >= step > 0 and full and adds:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), store)
        if seen[0] == step and not full:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event, args):
        if event not in EVENTS or not isinstance(args[0], (str, bytes, os.PathLike)):
            return
        reads = event == "open" and not args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if not reads and store in os.fsdecode(args[0]):
            count(event in ("open", "os.mkdir", "os.link"))

    sync, connect = os.fsync, sqlite3.connect

    def counted(handle):
        count(True)
        sync(handle)
        count()

    class Traced(sqlite3.Connection):
        def execute(self, sql, *values):
            if sql.lstrip().startswith(WRITES):
                count()
            return super().execute(sql, *values)

        def executescript(self, script):
            count()
            return super().executescript(script)

        def commit(self):
            count()
            super().commit()
            count()

    os.fsync, sqlite3.connect = counted, functools.partial(connect, factory=Traced)
    sys.addaudithook(hook)
    return seen


def done(store, work):
    """The change, or in one line why it could not be made."""
    if work == "upload":
        return upload(store)
    try:
        return change(store, work)
    except StoreError as e:
        return str(e)


def child(command, answer):
    began = time.perf_counter()
    signal.setitimer(signal.ITIMER_REAL, command.get("after", 0))  # SIGALRM ends a process as SIGKILL does
    seen = trip(command["store"], command.get("step", 0), command.get("full", False))
    told = done(Path(command["store"]), command["work"]) or ""
    seconds = time.perf_counter() - began
    os.write(answer, json.dumps({"steps": seen[0], "seconds": seconds, "told": told}).encode())
    os._exit(0)


def warm_up():
    """What every child would load anew."""
    with tempfile.TemporaryDirectory() as folder:
        change(Path(folder) / "store", "build")


def main():
    faulthandler.enable()  # what ends a child otherwise than it was told to says where
    warm_up()
    for line in sys.stdin:
        command = json.loads(line)
        if command["work"] == "upload":
            application(Path(command["store"]))
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                child(command, write)
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(3)
        os.close(write)
        said = os.read(read, 20_000).decode()
        os.close(read)
        _, status = os.waitpid(pid, 0)
        ended = {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, "status": status >> 8}
        print(json.dumps(ended | json.loads(said or "{}")), flush=True)


if __name__ == "__main__":
    main()
