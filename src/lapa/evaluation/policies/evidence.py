"""What analyses of one policy look at: the policy, and the clips whose held-out episodes it never saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from lapa.evaluation.section import NO_SIMULATOR, Evidence, Need, Section
from lapa.models.policy.policy import Policy
from lapa.records import Checkpoint, ShardSet

ARM = "policy"
"""Name that a policy's own report gives its metrics; the page of a run puts the arm's instead."""


@dataclass(frozen=True, kw_only=True)
class PolicyEvidence(Evidence):
    """One policy."""

    policy: Policy
    """In evaluation mode, on `device`."""
    device: torch.device
    checkpoint: Checkpoint
    shards: ShardSet

    def absences(self) -> Mapping[Need, str | None]:
        """What this policy cannot be measured by, with the reason."""
        reads_states = self.policy.state_input is not None
        return {
            Need.SIMULATOR: NO_SIMULATOR if self.params.rollout is None else None,
            Need.STATES: None if reads_states else "the policy reads no states",
        }


class PolicySection(Section[PolicyEvidence]):
    """An analysis of one policy; the page of a run shows it arm by arm."""

    looks_at = PolicyEvidence
