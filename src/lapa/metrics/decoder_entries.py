"""Glossary of what analyses measure that let the decoder draw: transfer, motion kept, order, algebra."""

from __future__ import annotations

from lapa.metrics.entry import Entry

_ANGLE = "[0, 180]; lower is better, 90 is chance"
_COSINE = "[-1, 1]; higher is better, 0 is chance"
_R2 = "≤ 1; higher is better"
DECODER = (
    Entry(
        "transfer/<where>/angular_error",
        "degrees",
        _ANGLE,
        "Angle between pair A's true motion and the motion that A's code makes in frame t of pair B: of another "
        "episode (`within`), environment or dataset (`across_…`). A picture that stands still counts 90.",
    ),
    Entry(
        "transfer/<where>/angular_error_permuted",
        "degrees",
        _ANGLE,
        "The same against the motion of another pair of A's dataset: mean and middle 95 % of 200 permutations.",
    ),
    Entry(
        "motion_kept/angular_error",
        "degrees",
        _ANGLE,
        "Angle between the true motion and that from frame t to the frame drawn with the pair's own codes.",
    ),
    Entry("motion_kept/cosine", "", _COSINE, "Mean cosine of that angle."),
    Entry(
        "motion_kept/share",
        "",
        "any; 1 is all, 0 none",
        "Share of the true motion that is drawn along its own direction, Σ⟨drawn, true⟩ / Σ|true|².",
    ),
    Entry(
        "motion_kept/length_ratio",
        "",
        "≥ 0; 1 is best",
        "Length of drawn by length of true motion.",
    ),
    Entry(
        "motion_kept/<metric>_shuffled",
        "the metric's",
        "the metric's",
        "The same with the codes of another pair of the dataset.",
    ),
    Entry(
        "order/cost_<condition>",
        "dB",
        "any; 0 where the order means nothing",
        "PSNR lost by reversed or permuted positions; `another`: by another pair's codes.",
    ),
    Entry(
        "order/turn_<condition>",
        "degrees",
        "[0, 180]; 0 where the order means nothing",
        "Angle between the motions drawn with the own and with the changed sequence.",
    ),
    Entry(
        "readout/log_length",
        "",
        _R2,
        "R² of a linear probe from the codes to the logarithm of the motion's length (optical flow).",
    ),
    Entry(
        "readout/direction",
        "",
        _R2,
        "R² of a linear probe from the codes to its direction (cos, sin).",
    ),
    Entry(
        "readout/<metric>_shuffled",
        "",
        _R2,
        "The same with the codes of another pair of the dataset.",
    ),
    Entry(
        "latent_share",
        "",
        "≤ 1; higher is better, 0: unused",
        "Share of the error with the commonest code (the mean vector) that the right codes take away.",
    ),
    Entry(
        "algebra/null_spread",
        "",
        "≥ 0; lower is better",
        "Mean squared distance of static pairs' vectors (t, t) to their mean; that of moving pairs is 1.",
    ),
    Entry(
        "algebra/null_share",
        "",
        "[0, 1]; higher is better",
        "Share of static pairs with their commonest code sequence.",
    ),
    Entry(
        "algebra/null_share_moving",
        "",
        "[0, 1]",
        "The same share among pairs that move: the control.",
    ),
    Entry(
        "algebra/null_motion",
        "",
        "≥ 0; lower is better",
        "Motion drawn with the codes of static pairs, relative to that with the pairs' own.",
    ),
    Entry(
        "algebra/reversal_cosine",
        "",
        _COSINE,
        "Cosine of the motion that the code of (t+H, t) makes in frame t with the opposite of the true motion.",
    ),
    Entry(
        "algebra/reversal_cosine_shuffled",
        "",
        _COSINE,
        "The same with another pair's reversed code.",
    ),
    Entry(
        "algebra/chain_angular_error",
        "degrees",
        _ANGLE,
        "Angle between the true motion from t to t+2H and that drawn by the codes of both steps in a row.",
    ),
    Entry(
        "algebra/chain_share",
        "",
        "any; 1 is all, 0 none",
        "Share of the true motion to t+2H that both steps draw along its direction.",
    ),
    Entry(
        "algebra/chain_<metric>_shuffled",
        "the metric's",
        "the metric's",
        "The same where the second code is another pair's.",
    ),
    Entry(
        "algebra/chain_<metric>_one_step",
        "the metric's",
        "the metric's",
        "The same after the first step alone.",
    ),
)
