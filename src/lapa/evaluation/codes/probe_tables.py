"""R² of the probes as tables: a row per action dimension, a column per input."""

from __future__ import annotations

from collections.abc import Sequence

from lapa.evaluation.blocks import Block, Folded, Note, Rows, Table, folded, rows
from lapa.evaluation.codes.probe_suite import LABELS, best_read
from lapa.evaluation.codes.probes import ProbeKind, ProbeScore
from lapa.evaluation.codes.true_actions import TrueActions
from lapa.evaluation.formatting import number

TOP_DIMENSIONS = 6


def probe_table(scores: Sequence[ProbeScore], kind: ProbeKind) -> Table:
    """The scores of one kind of probe, the dimension first that the latents tell most about."""
    of_kind = [score for score in scores if score.kind == kind]
    cells = {(s.dimension, s.inputs): s.interval.metric(s.dimension, n=s.episodes) for s in of_kind}
    columns = [name for name in LABELS if any(score.inputs == name for score in of_kind)]
    return Table(
        head=("dimension", *(LABELS[name] for name in columns)),
        rows=tuple(
            (dimension, *(number(cells.get((dimension, name)), 2) for name in columns))
            for dimension in best_read(of_kind)
        ),
    )


def probe_tables(scores: Sequence[ProbeScore]) -> tuple[Block, ...]:
    """The linear probes, those told least about behind a click, and the MLP probes behind another."""
    linear, mlp = (probe_table(scores, kind) for kind in ("linear", "mlp"))
    blocks: tuple[Block, ...] = ()
    if linear.rows:
        blocks += (Note(text="Linear probe, R² per action dimension, best read first."),)
        blocks += rows(Table(head=linear.head, rows=linear.rows[:TOP_DIMENSIONS]))
        rest = Table(head=linear.head, rows=linear.rows[TOP_DIMENSIONS:])
        blocks += folded(f"{len(rest.rows)} more dimensions", rows(rest))
    return blocks + folded("MLP probe", rows(mlp))


def target_blocks(actions: TrueActions, datasets: Sequence[str]) -> tuple[Block, ...]:
    """What the probes are asked for: in one sentence, and dimension by dimension behind a click."""
    still = actions.still()
    moving = [i for i in range(len(actions.names)) if i not in still]
    meanings = list(dict.fromkeys(actions.meaning(i) for i in moving))
    if len(moving) > TOP_DIMENSIONS:
        summary = f"{len(moving)} dimensions ({' / '.join(meanings)})"
    else:
        summary = "; ".join(
            f"{', '.join(actions.names[i] for i in moving if actions.meaning(i) == meaning)} {meaning}"
            for meaning in meanings
        )
    table = Table(
        head=("dimension", "what is read", "unit", ""),
        rows=tuple(
            (
                name,
                actions.meaning(i),
                actions.unit(i) or "unknown",
                "stands still" if i in still else "",
            )
            for i, name in enumerate(actions.names)
        ),
    )
    return (
        Note(text=f"True motion of {', '.join(datasets)}: {summary}."),
        Folded(title="Every dimension and its unit", blocks=(Rows(table=table),)),
    )
