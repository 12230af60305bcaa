"""The command line: it parses, calls the facade and renders; it decides nothing.

main ─ commands ─ session (settings, the facade, progress)
     ├ asking     ask, search, chat, serve
     ├ indexing   index build, add, remove, list, info, verify
     ├ takeaway   verify-bundle, feedback list, export; --export of ask and chat
     ├ tables     facts, terms, locate        ── sheets (csv, xlsx)
     └ checks     eval, bench, doctor
all of them write through output and render
"""

from assistant.cli.main import main

__all__ = ["main"]
