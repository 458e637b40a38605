"""Glossary of what is measured of codes without decoding: across datasets, against flow, scenes, instructions."""

from __future__ import annotations

from lapa.metrics.entry import Entry

PAIR_TABLE = (
    Entry(
        "flow_r2/<average>",
        "",
        "≤ 1; higher is better",
        "R² of the flow of a pair (`mean`, `weighted` by its length, of the pixels that are `moving`), read from the latents by a linear probe.",
    ),
    Entry(
        "flow_information/direction",
        "",
        "[0, 1]; higher is better",
        "Share of the entropy of the flow's direction (octants, pairs that move) that the codes of the best position, or the sequence, take away.",
    ),
    Entry(
        "flow_information/still",
        "",
        "[0, 1]; higher is better",
        "The same of whether anything moves in the pair.",
    ),
    Entry(
        "flow_concentration",
        "",
        "[0, 1]; higher is better",
        "Mean resultant length R of the directions of a code, at the best position or of sequences.",
    ),
    Entry(
        "compass_agreement/<motion>",
        "",
        "[-1, 1]; higher is better",
        "Cosine of a code's mean flow in two datasets, weighted by lengths and pairs; `raw`, or `centered` by the datasets' means.",
    ),
    Entry(
        "consistency/<motion>",
        "",
        "≤ 1; higher is better, below 0 codes are mirrored",
        "1 − E[d² | one code] / E[d² | any codes] over pairs of different datasets that differ by d in `motion_direction` or an action dimension.",
    ),
    Entry(
        "code_entropy_given/<known>",
        "",
        "[0, 1]; lower is better for `motion` and `action`, higher for `environment`",
        "H(code | what is known) / H(code), mean over code positions.",
    ),
    Entry(
        "nuisance/<label>",
        "",
        "[0, 1]; lower is better",
        "Share of pairs whose `dataset` or `environment` a linear probe names from the codes, on episodes it never saw.",
    ),
    Entry(
        "nuisance_minus_untrained/<label>",
        "",
        "[-1, 1]; lower is better",
        "The same minus what is named from the untrained quantiser's codes.",
    ),
    Entry(
        "instruction_nmi/<groups>",
        "",
        "[0, 1]; higher is better",
        "Normalised mutual information of code sequences and `instruction`, its `verb`, or a `cluster` of instructions.",
    ),
    Entry(
        "instruction_purity/<groups>",
        "",
        "[0, 1]; higher is better",
        "Share of pairs whose group of instructions is the commonest of their code sequence.",
    ),
)
