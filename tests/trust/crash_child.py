"""A process that changes stores and is killed on the way: it forks a child for each command read from stdin.

A command is a line of JSON: ``store``, ``work`` (build, add, remove, job), and where to die: ``step`` (at the n-th access to
the store's files) or ``after`` (seconds). The answer is a line of JSON with the signal that ended the child, or its
status, and with ``step`` 0 the number of steps there are.
"""

import json
import os
import signal
import sys
from pathlib import Path

import faiss  # noqa: F401
import tantivy  # noqa: F401
from store_fakes import FakeModel, corpus, parse

from assistant.store import Segmenter, Writer
from assistant.ui.jobs import Jobs, Outcome

OLD_IDS = sorted(p.document.id for p in corpus())
NEW = parse("福建2022", [("plan", "建设数字福建。技术合同成交额增长20%。")], "福建", 2022)
SEGMENTER = Segmenter(("揭榜挂帅",))
EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "sqlite3.connect"}


def change(store, work):
    """One change of the store, as the program makes it."""
    with Writer(store, FakeModel(), SEGMENTER) as writer:
        if work == "build":
            writer.commit([NEW, *corpus()])
        elif work == "remove":
            writer.commit([], keep=[i for i in OLD_IDS if i != "山东2022"])
        else:
            writer.commit([NEW], keep=OLD_IDS)


def run(store, work):
    if work != "job":
        change(store, work)
        return
    jobs = Jobs()

    def upload(progress):
        change(store, "add")
        return Outcome(0)

    jobs.begin("add", ("x.txt",), upload)
    jobs.wait()


def die_at(step, store):
    """SIGKILL at the n-th access to a file of the store; returns what counts them."""
    seen = [0]

    def count():
        seen[0] += 1
        if seen[0] == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event, args):
        if (
            event in EVENTS
            and args
            and isinstance(args[0], (str, bytes, os.PathLike))
            and store in os.fsdecode(args[0])
        ):
            count()

    sync = os.fsync

    def counted(handle):
        count()
        sync(handle)
        count()

    os.fsync = counted
    sys.addaudithook(hook)
    return seen


def child(command, answer):
    signal.setitimer(signal.ITIMER_REAL, command.get("after", 0))  # SIGALRM ends a process as SIGKILL does
    seen = die_at(command.get("step", 0), command["store"])
    run(Path(command["store"]), command["work"])
    os.write(answer, str(seen[0]).encode())
    os._exit(0)


def main():
    for line in sys.stdin:
        command = json.loads(line)
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
        said = os.read(read, 20).decode()
        os.close(read)
        _, status = os.waitpid(pid, 0)
        ended = {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, "status": status >> 8}
        print(json.dumps(ended | {"steps": int(said or 0)}), flush=True)


if __name__ == "__main__":
    main()
