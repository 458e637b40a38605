"""The part of a page that is about latent actions."""

from __future__ import annotations

from pathlib import Path

from lapa.evaluation.codes.laq_details import LaqDetails, read_details
from lapa.evaluation.report import tables
from lapa.evaluation.report.page import (
    Block,
    Folded,
    Listed,
    Note,
    Picture,
    Rows,
    Section,
    folded,
    rows,
)
from lapa.evaluation.report.probe_tables import probe_tables
from lapa.evaluation.report.verdict import ProbeVerdict, probe_verdicts
from lapa.records import EvaluationReport

CAPTIONS = {
    "reconstructions.png": "What the decoder draws for pairs the quantiser never saw: with their own codes, and with another pair's. Where the two look alike, the codes do nothing.",
    "code_usage.png": "How often each code occurs at each position.",
    "codes_sequence.png": "Pairs that share a whole code sequence. A row that shows one kind of change is a code sequence that means something.",
    "probes.png": "How much of the true motion can be read from the codes. Only what stands above every control counts.",
    "code_actions.png": "True motion of each pair, coloured by its code. A code that means something owns a region.",
    "compass.png": "Mean true motion of each code.",
    "curves.png": "Training of the quantiser: mean squared error of the redrawn frame, pixels in [0, 1].",
}
TOP_DIMENSIONS = 6


def codes_section(laq: EvaluationReport) -> Section:
    """Reconstruction, use and meaning of the codes, as far as they were measured."""
    details = read_details(laq)
    blocks: list[Block] = []
    if details.pairs:
        blocks.append(
            Note(
                text=f"{details.pairs} held-out pairs of {details.episodes} episodes. All codes in "
                "use proves nothing by itself: shuffling them must hurt."
            )
        )
    blocks += rows(tables.laq(laq))
    blocks += _pictures(laq, "reconstructions.png", "code_usage.png", "codes_sequence.png")
    positions = [name for name in laq.pictures if name.startswith("codes_position")]
    blocks += folded("Pairs grouped by the code of one position", _pictures(laq, *positions))
    blocks += folded("Training of the quantiser", _pictures(laq, "curves.png"))
    return Section(title="Latent actions", blocks=blocks)


def motion_section(laq: EvaluationReport) -> Section:
    """What the codes say about true actions; empty where there are none."""
    details = read_details(laq)
    verdicts = laq_probe_verdicts(laq)
    found = probe_tables(laq)
    blocks: list[Block] = _targets(details)
    blocks += _pictures(laq, "probes.png", "code_actions.png", "compass.png")
    linear, mlp = found.get("linear"), found.get("mlp")
    if linear is not None:
        top = tables.Table(head=linear.head, rows=linear.rows[:TOP_DIMENSIONS])
        blocks += [
            Note(text="Linear probe, R² per action dimension, best read first."),
            Rows(table=top),
        ]
        rest = tables.Table(head=linear.head, rows=linear.rows[TOP_DIMENSIONS:])
        blocks += folded(f"{len(rest.rows)} more dimensions", rows(rest))
    if mlp is not None:
        blocks += folded("MLP probe", rows(mlp))
    blocks += folded(
        "Every dimension in words",
        [Listed(sentences=[v.sentence for v in verdicts])] if verdicts else [],
    )
    return Section(title="Codes and true motion", blocks=blocks if verdicts or found else [])


def laq_probe_verdicts(laq: EvaluationReport) -> list[ProbeVerdict]:
    """Verdicts of a quantiser's report; vectors stand in where nothing is quantised."""
    reads = "pre_quantized" if read_details(laq).continuous else "codes"
    return probe_verdicts(laq.arms.get("laq", ()), laq.arms.get("random_laq", ()), reads=reads)


def _targets(details: LaqDetails) -> list[Block]:
    """What a probe is asked for, dimension by dimension."""
    if not details.targets:
        return []
    moving = [t for t in details.targets if not t.still]
    meanings = list(dict.fromkeys(t.meaning for t in moving))
    text = f"True motion of {', '.join(details.probed_datasets)}: " + "; ".join(
        f"{', '.join(t.name for t in moving if t.meaning == meaning)} {meaning}"
        for meaning in meanings
    )
    listed = tables.Table(
        head=("dimension", "what is read", "unit", ""),
        rows=[
            (t.name, t.meaning, t.unit or "unknown", "stands still" if t.still else "")
            for t in details.targets
        ],
    )
    if len(moving) > TOP_DIMENSIONS:
        names = " / ".join(meanings)
        text = f"True motion of {', '.join(details.probed_datasets)}: {len(moving)} dimensions ({names})"
    return [
        Note(text=text + "."),
        Folded(title="Every dimension and its unit", blocks=[Rows(table=listed)]),
    ]


def _pictures(laq: EvaluationReport, *names: str) -> list[Block]:
    return [
        Picture(file=Path(laq.path) / name, caption=CAPTIONS.get(name, _position(name)))
        for name in names
        if name in laq.pictures
    ]


def _position(name: str) -> str:
    number = Path(name).stem.rsplit("_", 1)[-1]
    return f"Pairs that share the code at position {number}, whatever the other positions say."
