"""What words mean: provinces, regions, measures, policy terms and periods, in Chinese and English.

The words are data that an analyst edits (``index/lexicon``); this package reads them and finds them in questions and
reports. It knows nothing about documents, stores or answers.
"""

from assistant.lexicon.lexicon import Lexicon, load_lexicon
from assistant.lexicon.values import EnglishWord, Measure, Mention, PeriodWords, Province, Region, Term, Topic

__all__ = [
    "EnglishWord",
    "Lexicon",
    "Measure",
    "Mention",
    "PeriodWords",
    "Province",
    "Region",
    "Term",
    "Topic",
    "load_lexicon",
]
