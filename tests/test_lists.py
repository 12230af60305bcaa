"""What a list question asks of each province, and how the fitted decision weighs the sentences found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.calibration import load_calibration
from assistant.answer.inquiry import Stretch
from assistant.answer.saying import SAYING_FEATURES, Saying, saying_features
from assistant.answer.sentences import speaks_of, without
from assistant.question.conditions import condition_of, conditions_of
from assistant.question.speech import DOES, NAMES, NEITHER, naming
from assistant.question.wishes import is_negation, wishes_of
from assistant.types import Passage, Span, Term


def _said(*, share: float, content: float) -> Saying:
    span = Span("d", 0, 4)
    passage = Passage(span, "某句话。", (), "吉林", 2022, "plan")
    return Saying(
        Stretch(span, passage, "某句话。", share, content, content, content), share, share, share, 1.0, 0, False
    )


def test_a_pause_parts_wishes_only_where_both_sides_name_something() -> None:
    text = "土地延包三十年，谁在做整省试点"
    assert len(wishes_of(text).wishes) == 1
    named = [(0, 4), (8, 15)]
    assert len(wishes_of(text, named).wishes) == 2


def test_a_connective_or_a_negation_parts_wishes() -> None:
    assert len(wishes_of("提到错峰休假，又要搞整省试点的省").wishes) == 2
    said, unsaid = (
        w for w in wishes_of("提到错峰休假但没有提到整省试点").wishes if any(len(a) > 1 for a in w.alternatives)
    )
    assert not said.negated
    assert unsaid.negated


def test_both_and_is_two_wishes() -> None:
    wishes = wishes_of("whose plans include both innovation consortia and patent protection").wishes
    assert [w.alternatives[0].split()[-1] for w in wishes][-2:] == ["consortia", "protection"]


def test_what_does_not_count_is_kept_apart() -> None:
    assert wishes_of("提到国家公园的省（植物园不算）").excluded == ("植物园",)
    assert wishes_of("除了吉林，还有哪些省提到院士").elsewhere == "吉林"
    assert not is_negation("增速不低于5%的省")


def test_a_bare_number_with_a_bound_behind_it_is_a_condition() -> None:
    found = condition_of("均值压到27以下的")
    assert found is not None
    assert found.holds(26.3)
    assert not found.holds(28.5)
    assert conditions_of("这27个字") == () or conditions_of("这27个字")[0].relation == "="


def test_nouns_name_and_function_words_do_not() -> None:
    weights = naming("可是今年计划里谁强调婚假", ["可是", "强调", "婚假", "horses"])
    assert weights == {"可是": NEITHER, "强调": DOES, "婚假": NAMES, "horses": NAMES}


def test_a_name_may_take_attributes_and_quoted_words_may_not() -> None:
    sentence = "国家燃料电池技术创新中心落户"
    assert speaks_of(Term(("国家技术创新中心",), "term"), sentence)
    assert not speaks_of(Term(("国家技术创新中心",), "quoted"), sentence)
    assert "小巨人" not in without("科技小巨人10家", ("科技小巨人",))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.7, 0.95)), min_size=1, max_size=6))
def test_features_stand_for_themselves_and_the_best_has_no_margin(found: list[tuple[float, float]]) -> None:
    features = saying_features({str(i): _said(share=s, content=c) for i, (s, c) in enumerate(found)})
    assert all(set(f) == set(SAYING_FEATURES) for f in features.values())
    assert max(f["content_margin"] for f in features.values()) == 0.0
    assert max(f["share_margin"] for f in features.values()) == 0.0


def test_the_fitted_model_knows_each_feature_and_prefers_more_words() -> None:
    model = load_calibration("lists")
    assert set(model.weights) == set(SAYING_FEATURES)
    features = saying_features({"a": _said(share=1.0, content=0.9), "b": _said(share=0.1, content=0.8)})
    assert model.probability(features["a"]) >= model.threshold > model.probability(features["b"])
    assert saying_features({}) == {}
