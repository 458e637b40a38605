"""The arms of the experiment: which backbone a policy starts from. One entry of `ARMS` is one arm.

```
lapa        LAQ codes            -> pretrained backbone -> policy
random_laq  untrained LAQ codes  -> pretrained backbone -> policy   (control: are the codes worth anything?)
scratch                             untrained backbone  -> policy   (control: is pretraining?)
```
"""

from __future__ import annotations

from pydantic import Field

from lapa.params.base import Params


class Arm(Params):
    """One way to a policy; all arms share data, finetuning and evaluation."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """Namespace of its nodes and datasets, folder of its artefacts, its row in every table."""
    quantizer: str | None
    """Dataset of the quantiser whose codes label its pretraining; None: no pretraining, and no labels."""
    sentence: str
    """What it is, and the question it answers, for the report."""
    color: str
    """In every plot, ``#rrggbb``."""

    @property
    def is_pretrained(self) -> bool:
        """Whether its backbone learnt latent actions before the policy."""
        return self.quantizer is not None


ARMS = (
    Arm(
        name="lapa",
        quantizer="laq_checkpoint",
        sentence="The method: a backbone pretrained on the codes of the trained quantiser, then finetuned.",
        color="#0072B2",
    ),
    Arm(
        name="random_laq",
        quantizer="random_laq_checkpoint",
        sentence="Control: the same, on the codes of an untrained quantiser. Are the codes worth anything?",
        color="#E69F00",
    ),
    Arm(
        name="scratch",
        quantizer=None,
        sentence="Control: an untrained backbone, finetuned whole. Is pretraining worth anything?",
        color="#777777",
    ),
)
"""In the order of the report; the first is compared with each of the others."""
