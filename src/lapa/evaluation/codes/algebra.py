"""What was measured of the algebra of codes: a zero, an inverse, a sum (requirement V15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lapa.evaluation.codes.chained_codes import ChainedCodes
from lapa.evaluation.codes.null_codes import NullCodes
from lapa.evaluation.codes.reversed_codes import ReversedCodes
from lapa.records import Metric


@dataclass(frozen=True, kw_only=True)
class Algebra:
    """Each None where it could not be measured."""

    null: NullCodes | None
    backwards: ReversedCodes | None
    chain: ChainedCodes | None

    def metrics(self) -> Iterable[Metric]:
        """All that was measured."""
        if self.null is not None:
            yield from self.null.metrics
        if self.backwards is not None:
            yield from (self.backwards.cosine, self.backwards.shuffled)
        if self.chain is not None:
            yield from self.chain.metrics.values()
