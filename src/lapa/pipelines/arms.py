"""The arms of the experiment: which backbone a policy starts from.

```
lapa        LAQ codes            -> pretrained backbone -> policy
random_laq  untrained LAQ codes  -> pretrained backbone -> policy   (control: are the codes worth anything?)
scratch                             untrained backbone  -> policy   (control: is pretraining?)
```
"""

from __future__ import annotations

PRETRAINED_ARMS = {"lapa": "laq_checkpoint", "random_laq": "random_laq_checkpoint"}
"""Arm -> the checkpoint whose codes it is pretrained on."""

ARMS = (*PRETRAINED_ARMS, "scratch")
