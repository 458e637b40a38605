"""Glossary of the metrics that training logs, in ``metrics.jsonl`` and MLflow."""

from __future__ import annotations

from lapa.metrics.entry import Entry

EVERY_STAGE = (
    Entry("train/loss", "", "any; lower is better", "Loss of the optimiser step."),
    Entry("val/loss", "", "any; lower is better", "The same loss on held-out samples."),
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
    Entry("train/gpu_memory_gib", "GiB", "> 0", "Most memory that tensors took on the GPU so far."),
    Entry("epoch", "", "≥ 0", "Passes over the training data."),
)
QUANTIZER = (
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
        "<split>/psnr",
        "dB",
        "≤ 120; higher is better",
        "PSNR of the redrawn frame, pooled over pixels.",
    ),
    Entry("<split>/psnr_copy", "dB", "≤ 120", "PSNR of showing frame t unchanged."),
    Entry(
        "<split>/psnr_gain_over_copy", "dB", "any; higher is better", "`psnr` minus `psnr_copy`."
    ),
    Entry(
        "<split>/psnr_gain_moved",
        "dB",
        "any; higher is better",
        "The gain over copying on pixels that differ by more than 0.05 between t and t+H.",
    ),
    Entry("<split>/psnr_gain_shuffled", "dB", "any", "The gain with another pair's codes."),
    Entry(
        "<split>/code_dependence",
        "dB",
        "any; higher is better",
        "What another pair's codes cost; near 0 the decoder ignores its codes.",
    ),
    Entry(
        "<split>/ssim",
        "",
        "[-1, 1]; higher is better",
        "Structural similarity of the redrawn frame.",
    ),
    Entry("<split>/perplexity", "codes", "[1, K]", "Effective number of codes in use."),
    Entry(
        "<split>/codebook_utilization", "", "[0, 1]", "Share of the codebook that occurs at all."
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
POLICY = (
    Entry(
        "train/latent_loss",
        "",
        "≥ 0; lower is better",
        "Loss on the codes, where they are learned too.",
    ),
    Entry(
        "val/mae_normalized",
        "",
        "≥ 0; lower is better",
        "Mean absolute action error, where 1 is half a dimension's labelled range; still dimensions are left out.",
    ),
    Entry("val/mse_normalized", "", "≥ 0; lower is better", "Mean squared action error, likewise."),
    Entry("val/mae/<dimension>", "the dimension's", "≥ 0; lower is better", "Mean absolute error."),
    Entry("val/mse/<dimension>", "its square", "≥ 0; lower is better", "Mean squared error."),
    Entry(
        "val/mae_normalized/<dimension>",
        "",
        "≥ 0; lower is better",
        "Mean absolute error, normalised.",
    ),
    Entry(
        "val/mse_normalized/<dimension>",
        "",
        "≥ 0; lower is better",
        "Mean squared error, normalised.",
    ),
)
