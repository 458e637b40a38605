"""Do vectors that lie close together mean the same motion? In pictures, and as agreement of neighbours."""

from __future__ import annotations

from functools import partial

import numpy as np

from lapa.evaluation.blocks import Block
from lapa.evaluation.codes.codebook_plane import codebook_plane
from lapa.evaluation.codes.embedding import Embedding, embed
from lapa.evaluation.codes.evidence import TRAINED, UNTRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.neighborhoods import NEIGHBORS, Agreement, neighbor_agreement
from lapa.evaluation.codes.table_plane import TablePlane, flow_plane, table_plane
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number
from lapa.evaluation.plots.embedding import plot_codebook, plot_embedding
from lapa.evaluation.score import scored

POINTS = (
    "Vectors before quantisation of the held-out pairs, coloured by the direction of motion (grey: none); distances are "
    "true on the left, only neighbourhoods on the right. Vectors of motion form regions of one colour."
)
CODEBOOK = "The codebook: near codes decode alike; size: how often; colour: mean direction of the pairs that have it."


class Embeddings(CodesSection):
    """Principal components and t-SNE of vectors and codebook, and agreement of nearest neighbours."""

    name = "embedding of the latent vectors"
    title = "Latent actions"
    needs = ()

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure by flow where it is known, because every pair has it, else by two true actions.

        Raises:
            CannotMeasureError: there is no motion, or too few pairs.
        """
        table = evidence.table
        described = evidence.moving.actions if evidence.with_actions is not None else None
        moved = flow_plane(table) if table.motion is not None else table_plane(table, described)
        agreements = _agreements(evidence, moved)
        own = agreements[TRAINED]
        embedding = embed(table.pre_quantized, seed=evidence.params.seed)
        motion = np.full((len(table), 2), np.nan)
        motion[moved.rows] = moved.motion
        draw = partial(
            plot_embedding,
            embedding,
            motion[embedding.rows],
            table.dataset[embedding.rows],
            _heading(embedding, agreements, moved),
        )
        return Finding(
            metrics={arm: (agreement.metric,) for arm, agreement in agreements.items()},
            blocks=(*evidence.plot("embedding", draw, POINTS), *_codebook(evidence, moved)),
            scores=(scored(self.name, own.metric, own.null, "directions permuted within dataset"),),
        )


def _agreements(evidence: CodesEvidence, moved: TablePlane) -> dict[str, Agreement]:
    table, params = evidence.table, evidence.params
    vectors = {TRAINED: table.pre_quantized}
    if table.random_pre_quantized is not None:
        vectors[UNTRAINED] = table.random_pre_quantized
    return {
        arm: neighbor_agreement(
            of_arm[moved.rows],
            moved.motion,
            table.episode[moved.rows],
            table.group[moved.rows],
            resamples=params.probe.resamples,
            seed=params.seed,
        )
        for arm, of_arm in vectors.items()
    }


def _codebook(evidence: CodesEvidence, moved: TablePlane) -> tuple[Block, ...]:
    table = evidence.table
    if table.codes is None:
        return ()
    make = partial(codebook_plane, table.vectors, table.codes, moved.rows, moved.motion)
    plane = evidence.analyses.run("codebook in the plane", make)
    if plane is None:
        return ()
    x, y = moved.plane.names
    heading = (
        f"{len(plane.codes)} codes in use, of {table.codebook_size}; {len(table)} held-out pairs\n"
        f"(colour: mean direction; x: {x}, y: {y})"
    )
    return evidence.plot("codebook", partial(plot_codebook, plane, heading), CODEBOOK)


def _heading(embedding: Embedding, agreements: dict[str, Agreement], moved: TablePlane) -> str:
    own = agreements[TRAINED]
    untrained = ""
    if UNTRAINED in agreements:
        untrained = f"; untrained quantiser {number(agreements[UNTRAINED].metric, 2)}"
    x, y = moved.plane.names
    return (
        f"Vectors of {len(embedding.rows)} held-out pairs; colour: direction of motion (x: {x}, y: {y}).\n"
        f"Mean cosine with the directions of the {NEIGHBORS} nearest pairs of other episodes: "
        f"{number(own.metric, 2)}\n(by chance {number(own.null, 2)}{untrained})"
    )
