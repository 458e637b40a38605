"""How fast a policy is: one image, one instruction, one prediction."""

from __future__ import annotations

from lapa.evaluation.blocks import Table, rows
from lapa.evaluation.finding import Finding
from lapa.evaluation.policies.evidence import ARM, PolicyEvidence, PolicySection
from lapa.evaluation.policies.latency import CALLS, latency_ms
from lapa.records import Metric


class Latency(PolicySection):
    """Time of one prediction; it differs from run to run, and no digest counts it."""

    name = "latency"
    title = "Latency"
    lead = (
        "What a robot waits for. It depends on the machine and on what else runs there: compare policies "
        "only if they were measured on one quiet machine."
    )

    def measure(self, evidence: PolicyEvidence) -> Finding:
        """Time single predictions on the evaluation's device."""
        metric = Metric(
            name="latency_ms", value=latency_ms(evidence.policy, device=evidence.device), n=CALLS
        )
        table = Table(
            head=("device", "one image, ms", "median of"),
            rows=((str(evidence.device), f"{metric.value:.2f}", f"{CALLS} calls"),),
        )
        return Finding(metrics={ARM: (metric,)}, blocks=rows(table))
