"""From what a source holds to all values of an environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lapa.proposal.facts import DatasetFacts, SourceFacts
from lapa.proposal.horizon import Horizon, propose_horizon
from lapa.proposal.lengths import Lengths, propose_lengths
from lapa.proposal.picture import SIDES, Picture, Size, propose_picture, propose_size
from lapa.proposal.split import HeldOut, propose_split
from lapa.refused import RefusedError, alternatives


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What somebody has decided already."""

    cameras: Sequence[str] = ()
    together: bool = False
    """All cameras in one picture."""
    size: Size | None = None
    horizon_s: float | None = None
    dataset: str = ""
    """The one whose actions are learnt."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """An environment, not yet written."""

    name: str
    source: SourceFacts
    size: Size
    horizon: Horizon
    picture: Picture
    held_out: HeldOut
    lengths: Lengths
    learnt: DatasetFacts
    """The dataset whose actions are learnt, or the largest of those that are learnt together."""
    learns_one_of_several: bool
    """Other datasets beside it have other actions."""
    use_state: bool

    @property
    def image_size(self) -> int:
        """Side of the square frames, pixels."""
        return SIDES[self.size]


def propose(name: str, source: SourceFacts, wishes: Wishes) -> Proposal:
    """Choose every value that depends on the data.

    Raises:
        RefusedError: the data has no actions, or not what was wished for.
    """
    learnt = _learnt(source, wishes.dataset)
    held_out = propose_split(source)
    horizon = propose_horizon(
        source.datasets[0], asked_s=wishes.horizon_s, held_out_in_time=held_out.in_time
    )
    size = wishes.size or propose_size(source)
    picture = propose_picture(source, wishes.cameras, together=wishes.together)
    alike = [one for one in source.acting if _meaning(one) == _meaning(learnt)]
    alone = bool(wishes.dataset) or len(alike) < len(source.acting)
    trained = 1 - held_out.val_fraction
    pairs = sum(max(0, n - horizon.frames) for one in source.datasets for n in one.lengths)
    labeled = learnt.frames if alone else sum(one.frames for one in alike)
    return Proposal(
        name=name,
        source=source,
        size=size,
        horizon=horizon,
        picture=picture,
        held_out=held_out,
        lengths=propose_lengths(
            size="small" if size == "small" else "demo",
            pairs=round(trained * pairs * picture.per_frame),
            labeled=round(trained * labeled),
        ),
        learnt=learnt,
        learns_one_of_several=alone and len(source.datasets) > 1,
        use_state=_needs_state(learnt, () if alone else alike),
    )


def _learnt(source: SourceFacts, asked: str) -> DatasetFacts:
    if not source.acting:
        raise RefusedError(
            f"{source.path}: none of {source.recordings} recordings has actions, expected some: a policy is "
            "taught with them. If they are there under another name, say which with --option (action_column for "
            "LeRobot, fields for RLDS: docs/ingestion-sources-robots.md); for the codes alone use `kedro run "
            "--env=videos --pipelines=codes`"
        )
    if not asked:
        return source.acting[0]
    known = {dataset.name: dataset for dataset in source.acting}
    if asked not in known:
        raise RefusedError(
            f"{source.path} has no dataset {asked!r} with actions{alternatives(asked, known)}; choose with --dataset"
        )
    return known[asked]


def _meaning(dataset: DatasetFacts) -> tuple[object, ...]:
    """Datasets are learnt together where this is the same."""
    return (dataset.action_names, dataset.action_units, dataset.actions_are)


def _needs_state(learnt: DatasetFacts, together: Sequence[DatasetFacts]) -> bool:
    """Targets start from where a joint is, which one picture hardly tells; differences do not."""
    targets = sum(meaning == "absolute" for meaning in learnt.actions_are)
    if 2 * targets <= len(learnt.action_names):
        return False
    states = {dataset.state_names for dataset in (learnt, *together)}
    return len(states) == 1 and bool(learnt.state_names)
