"""How evenly the codes are used, position by position and as sequences."""

from __future__ import annotations

from functools import partial

from lapa.evaluation.blocks import rows
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.latent_samples import LatentSamples
from lapa.evaluation.codes.quantizer_table import quantizer_table
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.code_usage import plot_code_usage
from lapa.evaluation.section import Need
from lapa.metrics.code_usage import CodeUsage, code_usage
from lapa.records import Metric

LABELS = {
    "codebook_utilization": ("share of the codebook in use", 2),
    "perplexity": ("perplexity of the codes", 1),
    "sequences": ("distinct code sequences", 0),
    "sequence_entropy": ("entropy of the sequences, bits", 1),
}


class UseOfCodes(CodesSection):
    """Utilization, perplexity and the number of sequences of both quantisers."""

    name = "use of codes"
    title = "Latent actions"
    needs = (Need.CODES,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Count the codes of both quantisers; an untrained one that is continuous has none."""
        usage = {
            arm: _usage(samples)
            for arm, samples in evidence.samples.items()
            if samples.codes is not None
        }
        metrics = {arm: usage_metrics(of_arm) for arm, of_arm in usage.items()}
        draw = partial(plot_code_usage, usage[TRAINED])
        caption = "How often each code occurs at each position."
        return Finding(
            metrics=metrics,
            blocks=(
                *rows(quantizer_table(metrics, LABELS)),
                *evidence.plot("code_usage", draw, caption),
            ),
            data={"histogram": usage[TRAINED].histogram.tolist()},
        )


def _usage(samples: LatentSamples) -> CodeUsage:
    return code_usage(samples.discrete, codebook_size=samples.codebook_size)


def usage_metrics(usage: CodeUsage) -> tuple[Metric, ...]:
    """How evenly the codes are used; ``n`` counts pairs."""
    n = int(usage.histogram[0].sum())
    return (
        Metric(name="codebook_utilization", value=usage.utilization, n=n),
        Metric(name="perplexity", value=usage.perplexity, n=n),
        Metric(name="sequences", value=usage.sequences, n=n),
        Metric(name="sequence_entropy", value=usage.sequence_entropy, n=n),
    )
