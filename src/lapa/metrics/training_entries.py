"""Glossary of the metrics that training logs, in ``metrics.jsonl`` and MLflow."""

from __future__ import annotations

from lapa.metrics.entry import Entry
from lapa.metrics.shared_entries import action_error_entries, code_entries

EVERY_STAGE = (
    Entry("train/loss", "", "any; lower is better", "Loss of the optimiser step."),
    Entry("val/loss", "", "any; lower is better", "The same loss on held-out samples."),
    Entry(
        "train_eval/<metric>",
        "",
        "as that metric",
        "The metric of this name, of the exported weights, on training samples (`trainer.measure_train_samples`).",
    ),
    Entry("train/learning_rate", "", "> 0", "Learning rate of the step."),
    Entry("train/grad_norm", "", "≥ 0", "Norm of all gradients before clipping."),
    Entry(
        "train/samples_per_second",
        "1/s",
        "> 0",
        "Samples of all processes together, waiting included.",
    ),
    Entry(
        "train/data_wait_fraction",
        "",
        "[0, 1]; lower is better",
        "Share of the time that was spent waiting for data.",
    ),
    Entry(
        "train/step_seconds_median",
        "s",
        "> 0",
        "Time of an optimiser step, waiting included, median of the steps since the last line.",
    ),
    Entry("train/step_seconds_max", "s", "> 0", "The longest of them."),
    Entry(
        "train/memory_gib",
        "GiB",
        "> 0",
        "Most memory of the process so far, without its loader processes.",
    ),
    Entry("train/gpu_memory_gib", "GiB", "> 0", "Most memory that tensors took on the GPU so far."),
    Entry(
        "train/gpu_utilization",
        "",
        "[0, 1]",
        "Share of the last moments in which the GPU computed, as its driver says (needs nvidia-ml-py).",
    ),
    Entry(
        "train/<metric>_rank_<i>",
        "",
        "as that metric",
        "Waiting and memory of every process, where there are several.",
    ),
    Entry(
        "precision/seconds/<precision>",
        "s",
        "> 0",
        "Processor time of the shortest forward and backward pass in this precision, where `trainer.precision: auto` measured both.",
    ),
    Entry("epoch", "", "≥ 0", "Passes over the training data."),
)
QUANTIZER = (
    *code_entries("<split>/"),
    Entry(
        "<split>/loss_<target>", "", "≥ 0; lower is better", "Loss of one reconstruction target."
    ),
    Entry(
        "<split>/loss_auxiliary", "", "≥ 0", "What the quantiser adds to the loss, e.g. commitment."
    ),
    Entry(
        "<split>/loss_recon",
        "",
        "[0, 1]; lower is better",
        "Mean squared error of the redrawn frame t+H, pixels in [0, 1].",
    ),
    Entry(
        "<split>/psnr_gain_moved",
        "dB",
        "any; higher is better",
        "The gain over copying on pixels that differ by more than 0.05 between t and t+H.",
    ),
    Entry(
        "<split>/ssim",
        "",
        "[-1, 1]; higher is better",
        "Structural similarity of the redrawn frame.",
    ),
    Entry(
        "<split>/sequence_perplexity",
        "sequences",
        "[1, K^S]",
        "Effective number of code sequences.",
    ),
    Entry("train/initial_codes", "codes", "[0, K]", "Codes in use before the first step."),
    Entry("train/replaced_codes", "codes", "≥ 0", "Unused codes that were replaced so far."),
)
BACKBONE = (
    Entry(
        "val/top1",
        "",
        "[0, 1]; higher is better",
        "Share of held-out codes named right; an autoregressive model sees the true earlier codes.",
    ),
    Entry(
        "val/top3",
        "",
        "[0, 1]; higher is better",
        "Share of codes that are among the three likeliest.",
    ),
    Entry("val/sequence", "", "[0, 1]; higher is better", "Share of samples with all codes right."),
    Entry(
        "val/top1_position_<i>", "", "[0, 1]; higher is better", "`val/top1` of one code position."
    ),
    Entry(
        "val/top1_majority",
        "",
        "[0, 1]",
        "`val/top1` of always naming the commonest training code.",
    ),
    Entry(
        "val/sequence_majority",
        "",
        "[0, 1]",
        "`val/sequence` of always naming the commonest codes.",
    ),
    Entry(
        "val/gain_over_majority",
        "",
        "[-1, 1]; higher is better",
        "What the model names by itself, minus `val/top1_majority`.",
    ),
    Entry(
        "val/decoded_top1",
        "",
        "[0, 1]; higher is better",
        "`val/top1` of an autoregressive model that sees only its own earlier codes.",
    ),
    Entry(
        "val/decoded_sequence", "", "[0, 1]; higher is better", "`val/sequence`, decoded likewise."
    ),
    Entry(
        "val/parse_health", "", "[0, 1]", "Share of written answers that have the form of codes."
    ),
    Entry("val/top1_blank_language", "", "[0, 1]", "`val/top1` without the instruction."),
    Entry(
        "val/top1_swapped_language", "", "[0, 1]", "`val/top1` with another episode's instruction."
    ),
    Entry("val/top1_blank_image", "", "[0, 1]", "`val/top1` with a grey image."),
    Entry(
        "val/decoded_top1_blank_language",
        "",
        "[0, 1]",
        "`val/decoded_top1` without the instruction.",
    ),
    Entry(
        "val/decoded_top1_swapped_language",
        "",
        "[0, 1]",
        "`val/decoded_top1` with another instruction.",
    ),
    Entry("val/decoded_top1_blank_image", "", "[0, 1]", "`val/decoded_top1` with a grey image."),
)
INVERSE_DYNAMICS = (
    Entry(
        "val/r2",
        "",
        "at most 1; higher is better",
        "Share of the held-out actions' variance that the inverse dynamics model explains, mean over the dimensions; 0 is the mean action.",
    ),
    Entry(
        "val/r2_clipped",
        "",
        "[0, 1]; higher is better",
        "`val/r2` where a dimension that is guessed worse than by the mean counts as 0.",
    ),
    Entry("val/r2/<dimension>", "", "at most 1; higher is better", "`val/r2` of one dimension."),
)
POLICY = (
    *action_error_entries("val/"),
    Entry(
        "predict_mean/mse_normalized",
        "",
        "≥ 0",
        "`mse_normalized` of always doing the mean labelled action; a policy that learnt nothing gets it.",
    ),
    Entry(
        "train/latent_loss",
        "",
        "≥ 0; lower is better",
        "Loss on the codes, where they are learned too.",
    ),
)
