"""What analyses that compare arms look at: the reports of all policies, and the backbones behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lapa.evaluation.policies.comparisons import Comparison
from lapa.evaluation.section import Evidence, Need, Section
from lapa.records import Checkpoint, EvaluationReport

DIFFERENCES = "differences"
"""Name under which paired differences are recorded, beside the arms."""


@dataclass(frozen=True, kw_only=True)
class ArmsEvidence(Evidence):
    """Every arm of a run."""

    arms: Mapping[str, EvaluationReport]
    """Reports of the policies; the first arm is compared with the others."""
    foundation: Mapping[str, Checkpoint]
    """The arms' backbones."""
    successes: Sequence[Comparison]
    """The first arm against every other one, task by task; empty without a simulator."""
    errors: Sequence[Comparison]
    """The first arm against every other one, by action error."""

    def absences(self) -> Mapping[Need, str | None]:
        """What these arms lack, with the reason."""
        return {Need.SEVERAL_ARMS: None if len(self.arms) > 1 else "there is one arm"}


class ArmsSection(Section[ArmsEvidence]):
    """An analysis that puts the arms of a run side by side."""

    looks_at = ArmsEvidence
