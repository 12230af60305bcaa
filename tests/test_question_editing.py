"""A question with one slot changed says so in its own words, and is understood to ask that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.lexicon import load_lexicon
from assistant.question.analyse import analyse
from assistant.question.editing import with_period, with_provinces, with_topic, with_years
from assistant.store import Segmenter
from assistant.types import PERIODS

LEXICON = load_lexicon()
SEGMENTER = Segmenter(LEXICON.words())
QUESTIONS = (
    "山东2022年高新技术企业目标是多少？",
    "福建和山东的研发投入增长目标，谁更高？",
    "山东打算引进多少人才？",
    "天津2021年技术合同成交额是多少",
    "青岛的高企有多少",
    "What is Shandong's 2022 target for high-tech enterprises?",
    "How fast is R&D spending to grow in Shandong?",
)


def read(text: str):
    return analyse(text, LEXICON, SEGMENTER)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("provinces", [("海南",), ("福建", "宁夏"), ("内蒙古", "黑龙江", "新疆")])
def test_other_provinces_are_what_is_asked_about(question, provinces):
    edited = with_provinces(question, provinces, LEXICON)
    assert set(read(edited).provinces) == set(provinces), edited


@pytest.mark.parametrize("question", QUESTIONS)
def test_without_provinces_it_is_about_all(question):
    edited = with_provinces(question, (), LEXICON)
    assert read(edited).provinces == (), edited
    assert "各省" in edited or "each province" in edited


def test_a_figure_of_all_provinces_is_asked_for_as_a_comparison():
    assert (
        with_provinces("山东高新技术企业目标是多少？", (), LEXICON, compared=True) == "对比各省高新技术企业目标是多少？"
    )
    assert with_provinces("哪些省份提到“揭榜挂帅”？", (), LEXICON, compared=True) == "哪些省份提到“揭榜挂帅”？"


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("years", [(), (2021,), (2024, 2025)])
def test_other_years_are_asked_about_or_none(question, years):
    edited = with_years(question, years, LEXICON)
    assert read(edited).years == years, edited


@pytest.mark.parametrize("question", [q for q in QUESTIONS if "20" not in q])
@pytest.mark.parametrize("period", PERIODS)
def test_another_role_is_asked_about(question, period):
    edited = with_period(question, period, LEXICON)
    assert read(edited).periods == (period,), edited


@pytest.mark.parametrize("question", QUESTIONS)
def test_without_a_role_none_is_named(question):
    edited = with_period(question, None, LEXICON)
    assert read(edited).periods == (), edited


@pytest.mark.parametrize(
    ("question", "period", "edited"),
    [
        ("山东2022年高新技术企业目标是多少？", "review", "山东2022年高新技术企业完成情况是多少？"),
        ("山东打算引进多少人才？", "review", "山东去年引进多少人才？"),
        ("天津2021年技术合同成交额是多少", "plan", "天津2021年技术合同成交额是多少"),  # the year says the role
    ],
)
def test_a_role_takes_the_place_of_the_words_of_the_other(question, period, edited):
    assert with_period(question, period, LEXICON) == edited


@pytest.mark.parametrize(
    ("question", "old", "new", "edited"),
    [
        ("山东高企目标", "高新技术企业", "技术合同成交额", "山东技术合同成交额目标"),
        ("山东高企和技术合同额", "技术合同额", "", "山东高企"),
        ("Shandong's target for high-tech enterprises?", "high-tech enterprises", "技术合同成交额", "Shandong's target for technology contract value?"),
        ("山东怎么样？", "没有这个词", "人才", "山东怎么样人才？"),
    ],
)  # fmt: skip
def test_another_topic_takes_the_place_of_the_old(question, old, new, edited):
    assert with_topic(question, old, new, LEXICON) == edited


@given(st.text(alphabet="山东福建2022年的目标和高新技术企业各省计划去年？, in target", max_size=30), st.data())
def test_no_question_is_beyond_editing(text, data):
    provinces = data.draw(st.lists(st.sampled_from(["海南", "青海"]), max_size=2, unique=True))
    with_provinces(text, provinces, LEXICON, compared=data.draw(st.booleans()))
    with_years(text, data.draw(st.lists(st.integers(2000, 2030), max_size=2)), LEXICON)
    with_period(text, data.draw(st.sampled_from([None, *PERIODS])), LEXICON)
    with_topic(text, data.draw(st.sampled_from(["企业", "x"])), data.draw(st.sampled_from(["人才", ""])), LEXICON)
