"""Evidence that is a table of pairs and nothing else, for sections that read no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from lapa.evaluation.analyses import Analyses
from lapa.evaluation.codes.evidence import CodesEvidence
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.section import Evidence, Need
from lapa.params.evaluation import EvaluationParams


@dataclass(frozen=True, kw_only=True)
class TableEvidence(Evidence):
    """As `CodesEvidence` looks to such a section."""

    table: PairTable
    absent: Mapping[Need, str]

    @property
    def latents(self) -> str:
        return "vectors" if self.table.codes is None else "codes"

    def absences(self) -> Mapping[Need, str | None]:
        return {need: self.absent.get(need) for need in Need}


def table_evidence(
    table: PairTable,
    params: EvaluationParams,
    out: Path,
    absent: Mapping[Need, str] | None = None,
) -> CodesEvidence:
    """Evidence that lacks what ``absent`` says, with the reason."""
    evidence = TableEvidence(
        params=params,
        out=out,
        analyses=Analyses(on_error="raise"),
        table=table,
        absent=absent or {},
    )
    return cast(CodesEvidence, evidence)
