"""How evenly codes are used, as metrics."""

from __future__ import annotations

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.evidence import CONTINUOUS
from lapa.evaluation.codes.latent_samples import LatentSamples
from lapa.metrics.code_usage import CodeUsage, code_usage
from lapa.records import Metric


def count_codes(samples: LatentSamples) -> CodeUsage:
    """Count codes and sequences of some pairs."""
    return code_usage(samples.discrete, codebook_size=samples.codebook_size)


def usage_of(samples: LatentSamples) -> tuple[Metric, ...]:
    """Utilization, perplexity, sequences of some pairs.

    Raises:
        CannotMeasureError: the latents are continuous.
    """
    if samples.codes is None:
        raise CannotMeasureError(CONTINUOUS)
    return usage_metrics(count_codes(samples))


def usage_metrics(usage: CodeUsage) -> tuple[Metric, ...]:
    """How evenly the codes are used; ``n`` counts pairs."""
    n = int(usage.histogram[0].sum())
    return (
        Metric(name="codebook_utilization", value=usage.utilization, n=n),
        Metric(name="perplexity", value=usage.perplexity, n=n),
        Metric(name="sequences", value=usage.sequences, n=n),
        Metric(name="sequence_entropy", value=usage.sequence_entropy, n=n),
    )
