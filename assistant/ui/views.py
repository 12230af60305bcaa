"""The tabs beside the chat and the actions below each answer: the one place where they are named.

What they are made of is in ``seam.py``: import from there, never from here, or the imports go in a circle.
"""

from __future__ import annotations

from assistant.ui.corpus import CORPUS
from assistant.ui.evaluation import EVALUATION
from assistant.ui.explore import EXPLORE
from assistant.ui.reader import READ
from assistant.ui.seam import Action, View
from assistant.ui.taking import JUDGE, TAKE

VIEWS: tuple[View, ...] = (READ, EXPLORE, CORPUS, EVALUATION)
"""In order: ``read``, ``explore``, ``corpus``, ``evaluation``, with the titles ``tab_read``, ``tab_explore``,
``tab_corpus``, ``tab_evaluation``."""

ACTIONS: tuple[Action, ...] = (TAKE, JUDGE)
"""What can be done with every answer, in order."""
