"""Made-up questions: the generator is deterministic and varied, and the answers to what it asks break no promise."""

from __future__ import annotations

from collections import Counter

import pytest
from evaluation_samples import DOCUMENT, SECTIONS

from assistant.evaluation import forms
from assistant.evaluation.__main__ import main
from assistant.evaluation.generated import generate, material_of
from assistant.evaluation.probing import probe
from assistant.lexicon import load_lexicon
from assistant.types import Fact, Span


class Corpus:
    """Of the facade what the generator needs: two documents' worth of a corpus, with one figure."""

    lexicon = load_lexicon()

    def documents(self):
        return (DOCUMENT,)

    def sections(self, doc_id):
        return SECTIONS

    def facts(self):
        span = Span("two", 0, 5)
        return (Fact(span, span, "高新技术企业", "2.3万家", 23000, None, "家", "", "level", "山东", 2022, "plan"),)


@pytest.fixture(scope="module")
def material(assistant):
    return material_of(assistant)


def test_a_seed_gives_the_same_questions_and_another_seed_others(material):
    first = list(generate(material, 200, seed=3))
    assert first == list(generate(material, 200, seed=3))
    assert first[:50] == list(generate(material, 50, seed=3))
    other = [q.question for q in generate(material, 200, seed=4)]
    assert sum(q.question == o for q, o in zip(first, other, strict=True)) < 40


def test_every_kind_is_asked_in_several_languages_with_and_without_history(material):
    asked = list(generate(material, 600))
    assert {q.kind for q in asked} == {*forms.ZH, "follow", "nowhere", "long"}
    languages = Counter(q.lang for q in asked)
    assert min(languages[lang] for lang in ("zh", "zh-Hant", "en")) >= 20
    assert {len(q.history) for q in asked} == {0, 1, 2, 3}
    text = "".join(q.question for q in asked)
    assert any(c in text for c in forms.HIDDEN)
    assert not any(
        "{" + slot + "}" in text for slot in ("p", "ps", "x", "r", "y", "z", "m", "t", "fp", "ff", "fg", "q", "a")
    )


def test_questions_speak_of_what_the_corpus_holds_and_of_what_it_does_not(material):
    text = "".join(q.question for q in generate(material, 600))
    assert any(p.name in text for p in material.held)
    assert any(p.name in text for p in material.absent)
    assert any(q in text for q in material.quotes)


def test_a_corpus_without_provinces_or_figures_can_be_asked_too():
    class Bare(Corpus):
        def sections(self, doc_id):
            return ()

        def facts(self):
            return ()

    for corpus in (Corpus(), Bare()):
        asked = list(generate(material_of(corpus), 150))
        assert len(asked) == 150
        assert all(isinstance(q.question, str) for q in asked)


class Broken:
    """A program that crashes, or says what it should not."""

    def __init__(self, assistant, question, change):
        self._assistant, self._question, self._change = assistant, question, change

    def __getattr__(self, name):
        return getattr(self._assistant, name)

    def ask(self, question, history=()):
        answer = self._assistant.ask(question, history=history)
        return self._change(answer) if question == self._question else answer


def test_what_breaks_is_told_with_its_question(assistant, material):
    import dataclasses

    asked = [q for q in generate(material, 40) if q.kind != "long" and q.question.strip()]
    victim = next(q for q in asked if assistant.ask(q.question, history=q.history).status == "declined")

    def crash(answer):
        raise ZeroDivisionError("by nought")

    changes = {
        "crash: ZeroDivisionError: by nought": crash,
        "5: declined without a reason": lambda a: dataclasses.replace(a, reason=None),
        "0: the answer tells another question": lambda a: dataclasses.replace(a, question="?"),
    }
    for problem, change in changes.items():
        found = probe(Broken(assistant, victim.question, change), [victim])
        assert any(b.startswith(problem) for b in found.broken[0].broken), found.broken
        assert f"#{victim.number} {victim.kind}" in found.plain()
        assert "1 questions, 1 break a promise" in found.plain()


def test_empty_and_too_long_questions_are_refused_and_counted(assistant, material):
    asked = [q for q in generate(material, 400) if len(q.question) > assistant.settings.max_question_chars][:1]
    found = probe(assistant, asked)
    assert found.counts() == {("none", "refused"): 1}
    assert found.broken == ()


def test_no_promise_is_broken_over_sixty_questions(assistant, material):
    found = probe(assistant, generate(material, 60, seed=1))
    assert not found.broken, found.plain()


@pytest.mark.slow
def test_no_promise_is_broken_over_two_thousand_questions(assistant, material):
    found = probe(assistant, generate(material, 2000))
    assert not found.broken, found.plain()


def test_it_is_a_tool_too(store_dir, capsys):
    assert main(["--generated", "4", "--seed", "1", "--store", str(store_dir)]) == 0
    assert "4 questions, 0 break a promise" in capsys.readouterr().out
