"""Arms: which backbone a policy starts from. One entry of `KNOWN` is one arm; `arms` chooses among them.

```
lapa              codes of the trained quantiser            ─► pretrained backbone ─► policy
random_laq        codes of an untrained one                 ─► pretrained backbone ─► policy
shuffled_codes    lapa's codes, permuted over the pairs     ─► pretrained backbone ─► policy
inverse_dynamics  actions that a model of few labels guesses ─► pretrained backbone ─► policy
action_pretrained true actions of everything watched        ─► pretrained backbone ─► policy
scratch                                                        untrained backbone  ─► policy
```
"""

from __future__ import annotations

from pydantic import Field

from lapa.params.base import Params
from lapa.params.label_sources import (
    LabelSource,
    PermutedCodes,
    PredictedActions,
    QuantizerCodes,
    TrueActions,
)


class Arm(Params):
    """One way to a policy; all arms share data, finetuning and evaluation."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """Namespace of its nodes and datasets, folder of its artefacts, its row in every table."""
    labels: LabelSource | None
    """What labels its pretraining; None: no pretraining, and no labels."""
    sentence: str
    """What it is, and the question it answers, for the report."""
    color: str
    """In every plot, ``#rrggbb``."""

    @property
    def is_pretrained(self) -> bool:
        """Whether its backbone learnt codes before the policy."""
        return self.labels is not None

    @property
    def quantizer(self) -> str | None:
        """Dataset of the quantiser behind its codes; None for actions, and without pretraining."""
        known = isinstance(self.labels, QuantizerCodes | PermutedCodes)
        return self.labels.quantizer if known else None  # type: ignore[union-attr]


KNOWN = (
    Arm(
        name="lapa",
        labels=QuantizerCodes(quantizer="laq_checkpoint"),
        sentence="The method: a backbone pretrained on the codes of the trained quantiser, then finetuned.",
        color="#0072B2",
    ),
    Arm(
        name="random_laq",
        labels=QuantizerCodes(quantizer="random_laq_checkpoint"),
        sentence="Control: the same, on the codes of an untrained quantiser. Are the codes worth anything?",
        color="#E69F00",
    ),
    Arm(
        name="shuffled_codes",
        labels=PermutedCodes(codes_of="lapa", quantizer="laq_checkpoint"),
        sentence="Control: the codes of lapa, permuted over the pairs. Is it what the codes say that helps?",
        color="#CC79A7",
    ),
    Arm(
        name="inverse_dynamics",
        labels=PredictedActions(),
        sentence="Rival (VPT): a model of the few labelled episodes labels the video with actions. Are codes "
        "better than guessed actions?",
        color="#009E73",
    ),
    Arm(
        name="scratch",
        labels=None,
        sentence="Control: an untrained backbone, finetuned whole. Is pretraining worth anything?",
        color="#777777",
    ),
    Arm(
        name="action_pretrained",
        labels=TrueActions(),
        sentence="Upper bound: pretrained on the true actions of everything watched. What could codes gain?",
        color="#D55E00",
    ),
)
"""Those that `arms` knows by name."""
DEFAULT = ("lapa", "random_laq", "scratch")
"""What an experiment compares where nobody chooses."""
