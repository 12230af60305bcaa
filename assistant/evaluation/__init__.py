"""Measures, sets and systems: how good the answers are, and how fast."""
