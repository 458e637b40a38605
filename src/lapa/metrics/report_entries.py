"""Glossary of the metrics that reports hold, and of what MLflow shows besides."""

from __future__ import annotations

from lapa.metrics.entry import Entry

CODES = (
    Entry(
        "psnr",
        "dB",
        "≤ 120; higher is better",
        "PSNR of redrawn held-out frames, pooled over pixels.",
    ),
    Entry("psnr_copy", "dB", "≤ 120", "PSNR of showing frame t unchanged."),
    Entry("psnr_gain_over_copy", "dB", "any; higher is better", "`psnr` minus `psnr_copy`."),
    Entry("psnr_gain_shuffled", "dB", "any", "The gain over copying with another pair's codes."),
    Entry(
        "psnr_gain_constant",
        "dB",
        "any",
        "The gain with every position's commonest code; the mean vector where nothing is quantised.",
    ),
    Entry(
        "code_dependence",
        "dB",
        "any; higher is better",
        "What another pair's codes cost; near 0 the decoder ignores its codes.",
    ),
    Entry("codebook_utilization", "", "[0, 1]", "Share of the codebook that occurs at all."),
    Entry("perplexity", "codes", "[1, K]", "Effective number of codes in use."),
    Entry("sequences", "sequences", "[1, K^S]", "Distinct code sequences that occur."),
    Entry("sequence_entropy", "bits", "[0, S log2 K]", "Entropy of the code sequences."),
    Entry(
        "probe/<kind>/<inputs>/<dimension>",
        "",
        "≤ 1; higher is better",
        "R² of the true motion over H, read from codes, vectors or a control by a linear or an MLP probe.",
    ),
)
POLICIES = (
    Entry(
        "success/<task>",
        "",
        "[0, 1]; higher is better",
        "Share of fresh scenes in which the policy succeeds.",
    ),
    Entry(
        "action/mae_normalized",
        "",
        "≥ 0; lower is better",
        "Mean absolute action error on held-out episodes, where 1 is half a dimension's labelled range.",
    ),
    Entry(
        "action/mse_normalized", "", "≥ 0; lower is better", "Mean squared action error, likewise."
    ),
    Entry(
        "action/mae/<dimension>", "the dimension's", "≥ 0; lower is better", "Mean absolute error."
    ),
    Entry("action/mse/<dimension>", "its square", "≥ 0; lower is better", "Mean squared error."),
    Entry(
        "action/mae_normalized/<dimension>",
        "",
        "≥ 0; lower is better",
        "Mean absolute error, normalised.",
    ),
    Entry(
        "action/mse_normalized/<dimension>",
        "",
        "≥ 0; lower is better",
        "Mean squared error, normalised.",
    ),
    Entry(
        "<arm> - <other>/<task>",
        "",
        "[-1, 1]",
        "Difference of two arms' success on the same scenes.",
    ),
    Entry(
        "<arm> - <other>/action_error",
        "",
        "any; below 0 the first arm is better",
        "Difference of two arms' `action/mae_normalized` on the same episodes.",
    ),
)
MLFLOW = (
    Entry(
        "headline/<metric>",
        "the metric's",
        "the metric's",
        "One of the few metrics to compare runs by.",
    ),
    Entry(
        "report/<metric>",
        "the metric's",
        "the metric's",
        "A metric of a report, with the arm before it.",
    ),
    Entry("laq/<metric>", "the metric's", "the metric's", "A metric of the quantiser's training."),
    Entry(
        "foundation/<metric>", "the metric's", "the metric's", "A metric of a backbone's training."
    ),
    Entry("policy/<metric>", "the metric's", "the metric's", "A metric of a policy's training."),
    Entry("seconds/<node>", "s", "≥ 0", "Wall time of a pipeline node."),
)
