"""Glossary entries of metrics that training and reports both have, under different prefixes."""

from __future__ import annotations

from lapa.metrics.entry import Entry


def code_entries(prefix: str) -> tuple[Entry, ...]:
    """Reconstruction beside copying, and how evenly the codes are used."""
    gain = "any; higher is better"
    rows = (
        ("psnr", "dB", "≤ 120; higher is better", "PSNR of the redrawn frame, pooled over pixels."),
        ("psnr_copy", "dB", "≤ 120", "PSNR of showing frame t unchanged."),
        ("psnr_gain_over_copy", "dB", gain, "`psnr` minus `psnr_copy`."),
        ("psnr_gain_shuffled", "dB", "any", "The gain over copying with another pair's codes."),
        (
            "code_dependence",
            "dB",
            gain,
            "What another pair's codes cost; near 0 the decoder ignores its codes.",
        ),
        ("perplexity", "codes", "[1, K]", "Effective number of codes in use."),
        ("codebook_utilization", "", "[0, 1]", "Share of the codebook that occurs at all."),
    )
    return tuple(Entry(f"{prefix}{name}", *rest) for name, *rest in rows)


def action_error_entries(prefix: str) -> tuple[Entry, ...]:
    """Error of predicted actions on held-out episodes."""
    values = "≥ 0; lower is better"
    rows = (
        (
            "mae_normalized",
            "",
            "Mean absolute action error, where 1 is half a dimension's labelled range; dimensions that "
            "stood still are left out.",
        ),
        ("mse_normalized", "", "Mean squared action error, likewise."),
        ("mae/<dimension>", "the dimension's", "Mean absolute error of one dimension."),
        ("mse/<dimension>", "its square", "Mean squared error of one dimension."),
        ("mae_normalized/<dimension>", "", "Mean absolute error of one dimension, normalised."),
        ("mse_normalized/<dimension>", "", "Mean squared error of one dimension, normalised."),
    )
    return tuple(Entry(f"{prefix}{name}", unit, values, meaning) for name, unit, meaning in rows)
