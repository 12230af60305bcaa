"""Prompts: what a file may hold, what fails with which words, and that values are never read as templates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.rewriting import PLACEHOLDERS
from assistant.errors import PromptError
from assistant.prompts import Prompt, load_prompt

GOOD = "---\n# a comment\nplaceholders: question, evidence\n---\n# system\nBe brief.\n\n# user\n{{question}}\n{{ evidence }}\n"


@pytest.fixture
def write(tmp_path):
    def write(text: str | bytes):
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "p.md").write_bytes(data)
        return load_prompt("p", placeholders=("question", "evidence"), folder=tmp_path)

    return write


def test_a_good_file_is_read_and_filled(write):
    system, user = write(GOOD).fill(question="多少？", evidence="[1] x")
    assert system == {"role": "system", "content": "Be brief."}
    assert user == {"role": "user", "content": "多少？\n[1] x"}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_of_windows_with_its_mark_is_the_same(write, end):
    assert write("\ufeff" + GOOD.replace("\n", end)) == write(GOOD)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("{{question}}", "{{qestion}}"), ("p.md", "'qestion'", "'question'")),
        (GOOD.replace("{{question}}", "").replace("question, ", "question, "), ("p.md", "never uses", "'question'")),
        (GOOD.replace("question, evidence", "question"), ("p.md", "never declares", "'evidence'")),
        (GOOD.replace("question, evidence", "question, evidence, tone"), ("p.md", "declares", "'tone'")),
        (GOOD.replace("question, evidence", "Question!, evidence"), ("p.md", "'Question!'")),
        (GOOD.replace("placeholders:", "variables:"), ("p.md", "'variables'")),
        (GOOD.replace("placeholders: question, evidence\n", ""), ("p.md", "placeholders")),
        (GOOD.replace("# system", "# sytem"), ("p.md", "# system")),
        (GOOD.replace("Be brief.", ""), ("p.md", "# system")),
        (GOOD.removeprefix("---\n"), ("p.md", "front matter")),
        ("", ("p.md", "front matter")),
        (b"---\nplaceholders: a\n---\n\xff", ("p.md", "UTF-8")),
    ],
)
def test_what_is_wrong_is_told_with_the_file_and_the_name(write, text, told):
    with pytest.raises(PromptError) as e:
        write(text)
    assert all(word in str(e.value) for word in told), str(e.value)
    assert "\n" not in str(e.value)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(PromptError, match=r"'p\.md' is missing"):
        load_prompt("p", placeholders=(), folder=tmp_path)
    (tmp_path / "p.md").mkdir()
    with pytest.raises(PromptError, match="cannot be read"):
        load_prompt("p", placeholders=(), folder=tmp_path)


@pytest.mark.parametrize(("values", "name"), [({"a": "1"}, "'b'"), ({"a": "1", "b": "2", "c": "3"}, "'c'")])
def test_values_must_be_exactly_the_placeholders(values, name):
    with pytest.raises(PromptError, match=name):
        Prompt("x.md", frozenset({"a", "b"}), "{{a}}", "{{b}}").fill(**values)


@given(st.lists(st.sampled_from(["{{", "}}", "a", "b", " ", "{{a}}", "{{b}}", "\\1", "\\g<0>", "文"])).map("".join))
def test_a_value_is_never_filled_itself(value):
    system, user = Prompt("x.md", frozenset({"a", "b"}), "{{a}}", "<{{b}}>").fill(a=value, b=value)
    assert (system["content"], user["content"]) == (value, f"<{value}>")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_shipped_prompts_hold_and_put_data_between_marks(language):
    prompt = load_prompt(f"rewrite.{language}", placeholders=PLACEHOLDERS)
    values = {name: f"<<{name}>>" for name in PLACEHOLDERS}
    system, user = (m["content"] for m in prompt.fill(**values))
    assert "<<evidence>>" not in system and "<<question>>" not in system
    for name in ("question", "answer", "evidence"):
        before, after = user.split(f"<<{name}>>")
        assert before.rstrip().splitlines()[-1].startswith("<<<fence>>")
        assert after.lstrip().splitlines()[0].startswith("</<<fence>>")
