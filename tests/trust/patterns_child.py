"""Times every regular expression of the package on strings made to hurt; one line of JSON for each that is slow.

A fresh process, so that every ``re.compile`` is seen: those at import, and those that questions and documents make.
"""

import importlib
import json
import pkgutil
import re
import signal
import sys
import tempfile
import time
from pathlib import Path

LENGTH = 2_000
"""Characters of the longest question. Square time is bearable here (0.5 s of processor time at most), cubic and exponential are not; on
documents, which are longer, the program as a whole is timed elsewhere."""
LIMIT_S, GIVE_UP_S = 3.0, 10.0
SEEDS = (
    *(
        "1",
        "一",
        "a",
        " ",
        "\u3000",
        "\n",
        "\t",
        "，",
        "。",
        "、",
        "的",
        "年",
        "-",
        "—",
        "(",
        "（",
        "[",
        "“",
        "<",
        "&",
        "|",
        "#",
    ),
    *(
        "*",
        "`",
        "_",
        ".",
        "0.",
        "1,",
        "1 ",
        "1.1.",
        "12%",
        "2022年",
        "2022年1",
        "百分之",
        "亿元",
        "增长",
        "第一",
        "[1]",
        "[1] ",
    ),
    *(
        "A、",
        "、和",
        "“”",
        "<a ",
        "</",
        "\n\n",
        " \n",
        "山东",
        "山东、",
        "增长1",
        "1-",
        "1~",
        "约1",
        "万亿",
        "a.",
        "a ",
        "a-",
        "x\u200b",
    ),
    *(
        "为1",
        "达到1亿元，",
        "of ",
        "the ",
        "how many ",
        "是多少",
        "什么",
        "哪些省份",
        "和山东",
        "http://",
        "| - ",
        "1. ",
        "一、",
        "（一）",
    ),
)
TAILS = ("", "!")


class TooSlow(Exception):
    pass


def compiled():
    """Every pattern that the package compiles, with the place that does."""
    found = {}
    plain = re.compile

    def seen(pattern, flags=0):
        made = plain(pattern, flags)
        frame = sys._getframe(1)
        while frame is not None and "/assistant/" not in frame.f_code.co_filename.replace("\\", "/"):
            frame = frame.f_back
            if frame is None or not frame.f_code.co_filename.endswith(("re/__init__.py", "re.py")):
                break
        if frame is not None and "/assistant/" in frame.f_code.co_filename:
            found.setdefault(
                (made.pattern, made.flags), (made, f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}")
            )
        return made

    re.compile = seen
    import assistant

    for module in pkgutil.walk_packages(assistant.__path__, "assistant."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from small import QUESTIONS, open_small

    with tempfile.TemporaryDirectory() as folder:
        a = open_small(Path(folder) / "store")
        for question in (*QUESTIONS, "How many high-tech enterprises does Shandong plan?", "那山东呢？"):
            a.ask(question)
        a.terms(["高新技术企业"])
    re.compile = plain
    return list(found.values())


def used():
    """The pattern in each module's variable → the methods by which the package uses variables of that name."""
    import assistant

    folder = Path(assistant.__file__).parent
    source = "\n".join(p.read_text("utf-8") for p in folder.rglob("*.py"))
    calls = {}
    for name, method in re.findall(
        r"\b(_?[A-Za-z]\w*)\.(match|fullmatch|search|finditer|findall|sub|subn|split)\b", source
    ):
        calls.setdefault(name, set()).add(method)
    out = {}
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("assistant"):
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern):
                    out.setdefault((value.pattern, value.flags), set()).update(calls.get(name, {"search"}))
    return out


def seconds(pattern, text, methods):
    """The processor time of the methods that the program uses: one that only matches at a place cannot be led over all places."""
    began = time.process_time()
    if methods & {"match", "fullmatch"}:
        pattern.match(text)
        pattern.fullmatch(text)
    if methods - {"match", "fullmatch"}:
        pattern.search(text)
        sum(1 for _ in pattern.finditer(text))
    return time.process_time() - began


def slow(pattern, methods):
    """The text that takes longest, if it takes too long, and its seconds."""
    for seed in SEEDS:
        for tail in TAILS:
            for length in (LENGTH // 4, LENGTH // 2, LENGTH):
                took = timed(pattern, methods, seed, tail, length)
                if (
                    took < LIMIT_S * (length / LENGTH) ** 4
                ):  # quick on all of it, even if it grows with its fourth power
                    break
            else:
                return seed, tail, took
    return None


def timed(pattern, methods, seed, tail, length):
    """The seconds that a text of one thing over and over takes, with another end."""
    text = (seed * (length // len(seed) + 1))[:length] + tail
    signal.setitimer(signal.ITIMER_PROF, GIVE_UP_S)
    try:
        return seconds(pattern, text.encode() if isinstance(pattern.pattern, bytes) else text, methods)
    except TooSlow:
        return GIVE_UP_S
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def raise_slow(number, frame):
    raise TooSlow


def main():
    signal.signal(signal.SIGPROF, raise_slow)
    patterns = compiled()
    methods = used()
    for pattern, place in patterns:
        how = methods.get((pattern.pattern, pattern.flags), {"search"})
        if (found := slow(pattern, how)) is not None:
            seed, tail, took = found
            told = {
                "place": place,
                "pattern": str(pattern.pattern)[:300],
                "seed": seed,
                "tail": tail,
                "how": sorted(how),
            }
            print(json.dumps(told, ensure_ascii=False), flush=True)
    print(json.dumps({"patterns": len(patterns), "texts": len(SEEDS) * len(TAILS)}))


if __name__ == "__main__":
    main()
