"""Glossary of the metrics that reports hold, and of what MLflow shows besides."""

from __future__ import annotations

from lapa.metrics.decoder_entries import DECODER
from lapa.metrics.entry import Entry
from lapa.metrics.pair_table_entries import PAIR_TABLE
from lapa.metrics.shared_entries import action_error_entries, code_entries

CODES = (
    *code_entries(""),
    *DECODER,
    *PAIR_TABLE,
    Entry(
        "psnr_gain_constant",
        "dB",
        "any",
        "The gain with every position's commonest code; the mean vector where nothing is quantised.",
    ),
    Entry("sequences", "sequences", "[1, K^S]", "Distinct code sequences that occur."),
    Entry("sequence_entropy", "bits", "[0, S log2 K]", "Entropy of the code sequences."),
    Entry(
        "probe/<kind>/<inputs>/<dimension>",
        "",
        "≤ 1; higher is better",
        "R² of the true motion over H, read from codes, vectors or a control by a linear or an MLP probe.",
    ),
    Entry(
        "code_information",
        "bits",
        "[0, 3]; higher is better",
        "Mutual information of true motion (octiles) and code at the position that tells most, mean over dimensions that move.",
    ),
    Entry(
        "code_eta_squared",
        "",
        "≤ 1; higher is better",
        "Share of the true motion's variance between codes (ε²) at the position that tells most, mean over dimensions.",
    ),
    Entry(
        "top_sequences_eta_squared",
        "",
        "≤ 1; higher is better",
        "Share of the motion's variance between the commonest code sequences, among the pairs that have one.",
    ),
    Entry(
        "state_eta_squared",
        "",
        "≤ 1; lower is better",
        "Share of the state's variance at t between codes at the position that tells most: codes that name where, not what.",
    ),
    Entry(
        "sequence_redundancy",
        "bits",
        "any; higher is better",
        "Entropy of sequences with every position shuffled by itself, minus that of the sequences as they are.",
    ),
    Entry(
        "neighbor_agreement",
        "",
        "[-1, 1]; higher is better",
        "Mean cosine between a pair's direction of motion and those of the 10 pairs of other episodes with the nearest vectors.",
    ),
    Entry(
        "distractor_flips/<nuisance>",
        "",
        "≥ 0; lower is better",
        "Codes that flip under the strongest nuisance (or mere noise), over those that differ between two pairs: 1 is as bad.",
    ),
    Entry(
        "distractor_r2/<nuisance>",
        "",
        "≤ 1; higher is better",
        "R² of true motion by a linear probe fitted on clean pairs, in fresh scenes drawn with the strongest nuisance; `clean` without.",
    ),
)
POLICIES = (
    *action_error_entries("action/"),
    Entry(
        "action/mse_normalized_minus/<baseline>",
        "",
        "any; below 0 the policy is better",
        "`action/mse_normalized` of the policy minus that of `predict_mean`, `repeat_last` or "
        "`nearest_neighbor` on the same episodes.",
    ),
    Entry(
        "action/mean_true/<dimension>",
        "the dimension's",
        "any",
        "Mean true action of the held-out steps.",
    ),
    Entry(
        "action/mean_predicted/<dimension>",
        "the dimension's",
        "any",
        "Mean predicted action of the same steps.",
    ),
    Entry(
        "action/std_true/<dimension>",
        "the dimension's",
        "≥ 0",
        "Standard deviation of the true actions.",
    ),
    Entry(
        "action/std_predicted/<dimension>",
        "the dimension's",
        "≥ 0; near 0 the policy always does the same",
        "Standard deviation of the predicted actions.",
    ),
    Entry(
        "success/<task>",
        "",
        "[0, 1]; higher is better",
        "Share of fresh scenes in which the policy succeeds.",
    ),
    Entry(
        "success/<task>/<variant>",
        "",
        "[0, 1]; higher is better",
        "The same in a variant of the scenes (`evaluation.rollout.variants`), such as objects never trained on.",
    ),
    Entry(
        "latency_ms",
        "ms",
        "> 0; lower is better",
        "Time of one prediction for one image and instruction on the evaluation's device, median of 20 calls "
        "after warm-up. Read off a clock: it depends on the machine and on what else runs, and counts in no digest.",
    ),
    Entry(
        "<arm> - <other>/<task>",
        "",
        "[-1, 1]",
        "Difference of two arms' success on the same scenes; `<task>/<variant>` in a variant of them.",
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
    Entry(
        "scorecard/<metric>",
        "the metric's",
        "the metric's",
        "A metric of the scorecard; the tag of the same name is its verdict.",
    ),
    Entry(
        "scorecard/count/<verdict>",
        "metrics",
        "≥ 0",
        "How many metrics of the scorecard pass, fail, are unclear; `headline/scorecard_passes` is the share that pass.",
    ),
    Entry("laq/<metric>", "the metric's", "the metric's", "A metric of the quantiser's training."),
    Entry(
        "foundation/<metric>", "the metric's", "the metric's", "A metric of a backbone's training."
    ),
    Entry("policy/<metric>", "the metric's", "the metric's", "A metric of a policy's training."),
    Entry("seconds/<node>", "s", "≥ 0", "Wall time of a pipeline node."),
    Entry(
        "processor_seconds/<node>",
        "s",
        "≥ 0",
        "Processor time of a pipeline node and of the processes it started.",
    ),
)
