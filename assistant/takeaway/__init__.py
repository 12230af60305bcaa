"""Answers taken away: as Markdown, as a Word file, as a bundle that another machine can check, and as feedback.

    export(exchanges, form, source=…)       a file: md, docx or json (``export``)
    copy_text(answer, source)               for the clipboard, with references after GB/T 7714 (``plain``)
    references(answer, source)              the reference list alone (``references``)
    verify_bundle(data, texts)              whether a bundle is whole (``verify``)
    record(assistant, answer, verdict=…)    a reader's thumb (``feedback``); ``build_cases`` makes questions of them

words ─ blocks, sources, exchange ─ references ─ compose ─┬ markdown, docx ─┬ export
reading (JSON back into answers)                          └ plain    bundle ┘
findings ─ kept ─ comparing ─ verify                      journal ─ feedback ─ cases
"""
