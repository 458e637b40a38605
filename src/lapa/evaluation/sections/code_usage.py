"""How evenly the codes are used, position by position and as sequences."""

from __future__ import annotations

from functools import partial

from lapa.evaluation.blocks import rows
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.quantizer_table import quantizer_table
from lapa.evaluation.codes.usage_metrics import count_codes, usage_metrics
from lapa.evaluation.codes.usage_score import usage_score
from lapa.evaluation.finding import Finding
from lapa.evaluation.plots.code_usage import plot_code_usage
from lapa.evaluation.section import Need

LABELS = {
    "codebook_utilization": ("share of the codebook in use", 2),
    "perplexity": ("perplexity of the codes", 1),
    "sequences": ("distinct code sequences", 0),
    "sequence_entropy": ("entropy of the sequences, bits", 1),
}


class UseOfCodes(CodesSection):
    """Utilization, perplexity and the number of sequences of every quantiser."""

    name = "use of codes"
    title = "Latent actions"
    needs = (Need.CODES,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Count the codes of every quantiser; an untrained one that is continuous has none."""
        usage = {
            arm: count_codes(samples)
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
            scores=(
                usage_score(
                    evidence.encoded.trained,
                    evidence.encoded.pairs.episodes,
                    resamples=evidence.params.probe.resamples,
                    seed=evidence.params.seed,
                ),
            ),
            data={"histogram": usage[TRAINED].histogram.tolist()},
        )
