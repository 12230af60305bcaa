"""A server of its own process over a small store: ``serve_child.py STORE [KEY=VALUE …]``, settings as JSON values.

It says its address on a line of stdout. With ``slow=SECONDS`` an answer takes so long.
"""

import json
import sys
import time
from pathlib import Path

from small import open_small

from assistant.http import serve


def main():
    given = dict(one.split("=", 1) for one in sys.argv[2:])
    options = {key: json.loads(value) for key, value in given.items()}
    slow = options.pop("slow", 0)
    a = open_small(Path(sys.argv[1]), **options)
    a.warm()
    if slow:
        ask = a.ask

        def slowly(*args, **kwargs):
            print("asked", flush=True)
            time.sleep(slow)
            return ask(*args, **kwargs)

        a.ask = slowly
    serve(a, "127.0.0.1", 0, announce=lambda address: print(address, flush=True))


if __name__ == "__main__":
    main()
