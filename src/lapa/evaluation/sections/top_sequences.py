"""The commonest code sequences in a table and a picture: how often, and what moves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from lapa.evaluation.blocks import Table, folded, rows
from lapa.evaluation.codes.evidence import TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.table_plane import table_plane
from lapa.evaluation.codes.top_sequences import TopSequence, top_sequences, top_sequences_score
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.top_sequences import plot_top_sequences
from lapa.evaluation.score import Score
from lapa.evaluation.section import Need

CAPTION = (
    "The commonest code sequences, and the mean motion of the pairs that have each. Arrows that lie apart, "
    "further than their ellipses are wide, are sequences of different meaning."
)


class TopSequences(CodesSection):
    """Share and mean motion of the commonest sequences."""

    name = "commonest code sequences"
    title = "Codes and true motion"
    needs = (Need.CODES,)

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure the true motion where datasets agree on actions, else that in the picture.

        Raises:
            CannotMeasureError: there is no motion, or fewer than two sequences are common.
        """
        table, params = evidence.table, evidence.params
        described = evidence.moving.actions if evidence.with_actions is not None else None
        moved = table_plane(table, described)
        of_pairs = table.take(moved.rows)
        draws, seed = params.probe.resamples, params.seed
        chosen = top_sequences(
            of_pairs.discrete, moved.motion, of_pairs.episode, resamples=draws, seed=seed
        )
        score = top_sequences_score(chosen, of_pairs, moved.motion, draws=draws, seed=seed)
        draw = partial(
            plot_top_sequences, chosen, moved.plane, _heading(chosen, score, len(of_pairs))
        )
        return Finding(
            metrics={TRAINED: (score.metric,)},
            blocks=(
                *evidence.plot("top_sequences", draw, CAPTION),
                *folded("The commonest code sequences", rows(_table(chosen, moved.plane.names))),
            ),
            scores=(score,),
        )


def _heading(chosen: Sequence[TopSequence], score: Score, pairs: int) -> str:
    together = sum(one.share for one in chosen)
    return (
        f"The {len(chosen)} commonest code sequences: {together:.0%} of {pairs} held-out pairs. "
        f"Between them lies η² {number(score.metric, 2)} of the motion's variance\n"
        f"(by chance {number(score.control, 2)}). Arrows: mean motion, with its 95 % interval over episodes"
    )


def _table(chosen: Sequence[TopSequence], names: tuple[str, str]) -> Table:
    return Table(
        head=("sequence", "pairs, %", "pairs", "episodes", *(f"mean {name}" for name in names)),
        rows=tuple(
            (
                one.name,
                f"{100 * one.share:.1f}",
                str(one.pairs),
                str(one.episodes),
                *(number(mean.metric("mean", n=one.episodes), 2) for mean in one.mean),
            )
            for one in chosen
        ),
    )
