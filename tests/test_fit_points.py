"""What ranks the points of a summary is fitted, and judged on questions that the fitting has not seen."""

import numpy as np
import pytest

from assistant.answer.summary_points import POINT_FEATURES
from assistant.evaluation.fit_points import Ranked, average_precision, fit, held_out


def summary(name, seed):
    """Twenty points, four of them right: the first feature tells them, the others are noise."""
    random = np.random.default_rng(seed)
    features = random.normal(size=(20, len(POINT_FEATURES)))
    right = np.arange(20) < 4
    features[:, 0] = np.where(right, 3.0, -3.0)
    return Ranked(name, features, right)


@pytest.mark.parametrize(
    ("scores", "right", "expected"),
    [
        ([3, 2, 1], [True, False, True], (1 / 1 + 2 / 3) / 2),
        ([1, 2, 3], [True, False, False], 1 / 3),
        ([1, 1], [False, True], 1 / 2),  # ties keep their order
    ],
)
def test_average_precision(scores, right, expected):
    assert average_precision(np.array(scores, float), np.array(right)) == pytest.approx(expected)


def test_the_feature_that_tells_gets_the_weight_and_unseen_summaries_are_ranked_by_it():
    summaries = [summary(f"q{i}", i) for i in range(9)]
    weights = fit(summaries).coef_[0]
    assert np.argmax(np.abs(weights)) == 0
    assert held_out(summaries) == 1.0


def test_one_question_in_two_sets_is_never_in_the_fitting_and_the_judging():
    told, other = summary("twice", 1), summary("other", 2)
    flipped = Ranked("twice", -told.features, told.right)
    # Were "twice" split over the folds, each half would be judged by a model that saw the other say the opposite.
    assert held_out([told, flipped, other]) == pytest.approx(
        np.mean(
            [average_precision(fit([other]).decision_function(s.features), s.right) for s in (told, flipped)]
            + [average_precision(fit([told, flipped]).decision_function(other.features), other.right)]
        ),
        abs=1e-4,
    )
