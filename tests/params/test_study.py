"""The file of a study: what it may say, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from lapa.params.study import StudyParams
from toys.study_files import TINY


def test_a_study_that_says_little_has_one_variant_seed_subset_and_all_labels() -> None:
    params = StudyParams.model_validate(TINY)
    assert list(params.variants) == ["default"]
    assert (params.budgets, params.seeds, params.subsets) == ((None,), (0,), (0,))
    assert params.threads == 1


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"arms": ["lappa"]}, "no arm 'lappa'; did you mean 'lapa'"),
        ({"arms": ["lapa", "lapa"]}, r"\['lapa'\] more than once"),
        ({"budgets": [0]}, "greater than 0"),
        ({"settings": {"in-domain": {}}}, "match pattern"),
        ({"only": [{"arms": ["random_laq"]}]}, "no arm of this study 'random_laq'"),
        ({"only": [{"variants": ["l1"]}]}, "no variant 'l1'"),
        ({"only": [{"budgets": [3]}]}, r"only.budgets has \[3\], expected some of"),
        ({"only": [{"at_budgets": [3], "seeds": [0]}]}, r"only.at_budgets has \[3\]"),
        ({"only": [{"at_budgets": [], "seeds": [0]}]}, "at least 1 item"),
        ({"only": [{"arms": ["lapa"]}]}, "restricts nothing, expected one of budgets"),
        ({"only": [{"at_budgets": [None], "budgets": []}]}, "has at_budgets and budgets"),
        ({"budgets": []}, "is empty.*without `budgets` has one, null"),
        ({"seeds": []}, "is empty.*expected at least one"),
    ],
)
def test_what_no_study_can_be_is_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        StudyParams.model_validate(TINY | said)
