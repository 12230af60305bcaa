"""Answers taken away: as Markdown, as a Word file, as a bundle that another machine can check, and as feedback.

words ─ blocks, sources ─ references ─ compose ─┬ markdown ─┐
reading (JSON back into answers)                ├ docx ─────┼ export
                                                └ bundle ───┘
findings ─ verify (a bundle checked)     journal ─ feedback ─ cases (evaluation cases made of it)
"""
