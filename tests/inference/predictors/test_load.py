"""Whatever of the three lies in a folder is loaded; anything else is refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lapa.inference.predictors.foundation import FoundationPredictor
from lapa.inference.predictors.load import load_predictor
from lapa.inference.predictors.policy import PolicyPredictor
from lapa.inference.predictors.quantizer import QuantizerPredictor
from lapa.refused import RefusedError
from toys.three_models import ThreeModels


def test_the_kind_is_that_of_the_configuration(models: ThreeModels) -> None:
    assert isinstance(load_predictor(models.policy), PolicyPredictor)
    assert isinstance(load_predictor(models.foundation), FoundationPredictor)
    assert isinstance(load_predictor(models.laq), QuantizerPredictor)


def test_a_policy_carries_its_own_codec(models: ThreeModels) -> None:
    with pytest.raises(RefusedError, match=r"frames_like is given, .* kind 'policy'"):
        load_predictor(models.policy, frames_like=models.shards.codec)
    with pytest.raises(RefusedError, match=r"horizon_s is given, .* kind 'foundation'"):
        load_predictor(models.foundation, horizon_s=0.5)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (None, "no model at .* found \\[\\], expected a folder with config.json"),
        (
            {"kind": "inverse_dynamics"},
            "'inverse_dynamics', expected one of policy, foundation, laq",
        ),
        ({"sort": "policy"}, "does not say the kind"),
        ([], "does not say the kind"),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, config: object, message: str) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(RefusedError, match=message):
        load_predictor(tmp_path)
