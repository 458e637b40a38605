"""The scorecard of a checkpoint: every metric that has a control, with its interval and verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lapa.evaluation.finding import Finding
from lapa.evaluation.score import Score, Verdict
from lapa.evaluation.statistics.resampled import Scheme, resamples_of
from lapa.records import Checkpoint, Record, ShardSet, digest_of


class Line(Score):
    """A score, and whether its resamples are kept beside the card."""

    drawn: str = ""
    """How episodes were resampled, as a digest (`lapa.evaluation.statistics.resampled`); empty: nothing is kept."""
    scheme: Scheme | None = None
    """What the kept resamples are."""

    @property
    def key(self) -> tuple[str, str]:
        """What the same line of another card has, too."""
        return self.analysis, self.metric.name


class Scorecard(Record):
    """Every score of one checkpoint."""

    checkpoint: str
    """Digest of the weights."""
    step: int
    """Optimizer steps the checkpoint was trained for."""
    episodes: str
    """Digest of shard set and split: cards of the same one are compared episode by episode."""
    lines: tuple[Line, ...]
    """In the order of the page."""

    def count(self, verdict: Verdict) -> int:
        """How many lines have this verdict."""
        return Counter(line.verdict for line in self.lines)[verdict]

    @property
    def sentence(self) -> str:
        """The counts in words."""
        if not self.lines:
            return "No metric could be held against a control."
        counts = f"{self.count('passes')} pass, {self.count('fails')} fail"
        return (
            f"Of {len(self.lines)} metrics beside their controls {counts}, "
            f"{self.count('unclear')} are unclear."
        )


def scorecard_of(
    findings: Iterable[Finding], *, laq: Checkpoint, shards: ShardSet, split: str
) -> Scorecard:
    """Collect the scores of all findings, in their order.

    Args:
        findings: of the analyses of codes.
        laq: the measured quantiser.
        shards: what it was measured on.
        split: whose episodes.
    """
    return Scorecard(
        checkpoint=laq.digest,
        step=laq.step,
        episodes=digest_of([shards.digest, split]),
        lines=tuple(_line(score) for finding in findings for score in finding.scores),
    )


def _line(score: Score) -> Line:
    kept = resamples_of(score.metric)
    facts = {name: getattr(score, name) for name in Score.model_fields}
    if kept is None:
        return Line(**facts)
    return Line(**facts, drawn=kept.drawn, scheme=kept.scheme)
