"""Where the codes come from that an arm's backbone is pretrained on: one class a kind of labels."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lapa.params.base import Params


class QuantizerCodes(Params):
    """A frozen quantiser labels what is watched."""

    kind: Literal["quantizer"] = "quantizer"
    quantizer: str
    """Its dataset: ``laq_checkpoint``."""


class PermutedCodes(Params):
    """The codes of another label set, each given to a pair drawn at random: same histogram, no meaning."""

    kind: Literal["permutation"] = "permutation"
    codes_of: str
    """Arm whose labels they are; made for this one where that arm was not chosen."""
    quantizer: str
    """Dataset of the quantiser behind them."""


class TrueActions(Params):
    """The actions of everything that is watched, in bins."""

    kind: Literal["true_actions"] = "true_actions"


class PredictedActions(Params):
    """Actions in bins, by an inverse dynamics model of the few labelled episodes."""

    kind: Literal["inverse_dynamics"] = "inverse_dynamics"


LabelSource = Annotated[
    QuantizerCodes | PermutedCodes | TrueActions | PredictedActions, Field(discriminator="kind")
]
