"""``python -m assistant.cli``: the same as ``shengwen``, where scripts are not on the path."""

import sys

from assistant.cli.main import main

sys.exit(main())
