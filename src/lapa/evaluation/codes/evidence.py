"""What analyses of codes look at: a trained and mostly an untrained quantiser on the same held-out pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.bottleneck import PairErrors, reconstruction_errors
from lapa.evaluation.codes.build_table import build_pair_table
from lapa.evaluation.codes.decoded_pairs import FAINT, DecodedPairs, choose_pairs
from lapa.evaluation.codes.encoded import Encoded
from lapa.evaluation.codes.latent_samples import LatentSamples, device_of
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.seen_motion import motion_sight
from lapa.evaluation.section import NO_SIMULATOR, Evidence, Need, Section
from lapa.models.laq import LatentActionQuantizer
from lapa.params.envs import TabletopParams
from lapa.records import Checkpoint, ShardSet

TRAINED, UNTRAINED = "laq", "random_laq"
QUANTIZERS = {TRAINED: "the quantiser", UNTRAINED: "the untrained quantiser"}
"""Arm -> what sentences call it."""
CONTINUOUS = "the latents are continuous: there are no codes to count"


@dataclass(frozen=True, kw_only=True)
class CodesEvidence(Evidence):
    """The quantisers, and what they say about the held-out pairs."""

    checkpoint: Checkpoint
    """Of the trained quantiser."""
    models: Mapping[str, LatentActionQuantizer]
    """By quantizer: `TRAINED` and, where there is a control, `UNTRAINED`."""
    shards: ShardSet
    encoded: Encoded
    """Held-out pairs of all datasets."""
    with_actions: Encoded | None
    """Those whose actions can be measured together; None where there are none."""
    no_actions: str = ""
    """Why there are none."""
    no_flow: str = ""
    """Why nobody saw what moves."""
    _errors: dict[str, PairErrors] = field(default_factory=dict)

    @cached_property
    def table(self) -> PairTable:
        """All pairs as one table, made once; no frame is decoded for it."""
        return build_pair_table(self.encoded, self.shards)

    @cached_property
    def decoded(self) -> DecodedPairs:
        """The few pairs that are decoded again with other codes, chosen once for all analyses.

        Raises:
            TypeError: nobody saw what moves, and the analysis did not say that it needs it.
            CannotMeasureError: fewer than two pairs move.
        """
        params = self.params
        shortest = params.flow.threshold
        rows = choose_pairs(
            self.table, most=params.decoded_pairs, shortest=shortest, seed=params.seed
        )
        return DecodedPairs(
            models=self.models,
            dataset=self.encoded.pairs.dataset,
            rows=rows,
            table=self.table.take(rows),
            vectors={arm: samples.vectors[rows] for arm, samples in self.samples.items()},
            see=motion_sight(params.flow, self.shards, device_of(self.models[TRAINED])).of_frames,
            shortest=FAINT * shortest,
            batch_size=params.batch_size,
            seed=params.seed,
        )

    @property
    def samples(self) -> dict[str, LatentSamples]:
        """Latents of all pairs, by quantizer."""
        samples = {TRAINED: self.encoded.trained, UNTRAINED: self.encoded.untrained}
        return {arm: of_arm for arm, of_arm in samples.items() if of_arm is not None}

    def errors_of(self, arm: str) -> PairErrors:
        """Reconstruction error of every pair under every condition, measured once for all analyses.

        Raises:
            CannotMeasureError: there is one pair, so there is no other pair to shuffle with.
        """
        if arm not in self._errors:
            pairs, params = self.encoded.pairs, self.params
            if len(pairs) < 2:
                raise CannotMeasureError(
                    f"there is {len(pairs)} held-out pair, expected at least 2; hold out more"
                )
            self._errors[arm] = reconstruction_errors(
                self.models[arm],
                pairs,
                self.samples[arm],
                batch_size=params.batch_size,
                seed=params.seed,
            )
        return self._errors[arm]

    @property
    def moving(self) -> Encoded:
        """The pairs with actions; for analyses that need `Need.ACTIONS`.

        Raises:
            TypeError: there are none, and the analysis did not say that it needs them.
        """
        if self.with_actions is None:
            raise TypeError("these pairs have no actions; add Need.ACTIONS to the analysis's needs")
        return self.with_actions

    @property
    def latents(self) -> str:
        """What sentences call the latent actions."""
        return "vectors" if self.encoded.trained.codes is None else "codes"

    def absences(self) -> Mapping[Need, str | None]:
        """What these pairs lack, with the reason."""
        pairs = self.encoded.pairs
        return {
            Need.CODES: CONTINUOUS if self.encoded.trained.codes is None else None,
            Need.ACTIONS: self.no_actions if self.with_actions is None else None,
            Need.STATES: "the held-out episodes have no states" if pairs.states is None else None,
            Need.SIMULATOR: self._no_simulator(),
            Need.SEVERAL_DATASETS: (
                "the held-out episodes are of one dataset"
                if len(np.unique(pairs.group)) < 2
                else None
            ),
            Need.FLOW: self.no_flow if pairs.motion is None else None,
            Need.INSTRUCTIONS: _too_few(pairs.texts("instruction"), "instruction"),
            Need.ENVIRONMENTS: _too_few(pairs.texts("environment"), "environment"),
        }

    def _no_simulator(self) -> str | None:
        """Why no simulator looks like these pairs; None where one does."""
        if self.params.rollout is None:
            return NO_SIMULATOR
        simulator = self.params.rollout.simulator
        seen = set(self.encoded.pairs.texts("environment").tolist())
        if isinstance(simulator, TabletopParams) and simulator.environment not in seen:
            known = ", ".join(sorted(seen - {""})) or "an environment that no source names"
            return f"the simulator draws {simulator.environment}, the held-out pairs show {known}"
        return None


def _too_few(texts: NDArray[np.str_], kind: str) -> str | None:
    """Why these texts tell no groups apart; None where they do."""
    known = np.unique(texts[texts != ""])
    if len(known) > 1:
        return None
    if not len(known):
        return f"the held-out pairs have no {kind}"
    return f"the held-out pairs have one {kind}, {str(known[0])!r}, expected at least 2"


class CodesSection(Section[CodesEvidence]):
    """An analysis of what a quantiser's codes are worth."""

    looks_at = CodesEvidence
