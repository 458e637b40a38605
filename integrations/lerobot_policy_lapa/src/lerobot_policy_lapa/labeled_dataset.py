"""What the actions of a LeRobot dataset say: bins and statistics, fitted by lapa's own code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.dataset as parquet
from numpy.typing import NDArray

from lapa.data.action_names import described_actions
from lapa.data.sources.lerobot.meta import dimension_names, read_info, read_tasks
from lapa.data.statistics.action_bins import fit_action_stats
from lapa.params.finetune import FinetuneParams
from lapa.records import ActionStats
from lapa.records.digest import digest_of_files

ACTION, STATE, EPISODE = "action", "observation.state", "episode_index"


@dataclass(frozen=True, kw_only=True)
class LabeledRows:
    """The numbers of the labelled episodes, every row once; no picture is read."""

    actions: NDArray[np.float32]
    """``float32 (step, action_dim)``, physical units."""
    action_names: tuple[str, ...]
    states: NDArray[np.float32] | None
    """``float32 (step, state_dim)``; None where the dataset has none."""
    state_names: tuple[str, ...]
    episodes: int
    tasks: tuple[str, ...]
    """Every instruction of the dataset once."""
    fps: float
    digest: str
    """SHA-256 over the dataset's tables."""


def read_labeled_rows(root: Path, episodes: Sequence[int] | None) -> LabeledRows:
    """Read actions and states of these episodes, of all when None.

    Raises:
        ValueError: there is no such episode.
    """
    info = read_info(root)
    names = [name for name in (ACTION, STATE, EPISODE) if name in info.features]
    rows = parquet.dataset(root / "data", format="parquet").to_table(columns=names)
    if episodes is not None:
        rows = rows.filter(pc.field(EPISODE).isin(list(episodes)))
    known = len(pc.unique(rows[EPISODE]))
    if not known or (episodes is not None and known != len(set(episodes))):
        raise ValueError(f"{root} holds {known} of the episodes {episodes}, expected all of them")
    actions = _matrix(rows[ACTION])
    states = _matrix(rows[STATE]) if STATE in names else None
    return LabeledRows(
        actions=actions,
        action_names=dimension_names(info, ACTION, actions.shape[1]),
        states=states,
        state_names=() if states is None else dimension_names(info, STATE, states.shape[1]),
        episodes=known,
        tasks=tuple(text for _, text in sorted(read_tasks(root).items())),
        fps=info.fps,
        digest=digest_of_files(root / "data"),
    )


def fitted_stats(rows: LabeledRows, params: FinetuneParams, *, dataset: str) -> ActionStats:
    """Fit bins and statistics as lapa does to the labelled episodes of its shards."""
    facts = {"action_names": rows.action_names, "action_units": ()}
    names, units = described_actions(facts, rows.actions.shape[1])
    return fit_action_stats(
        rows.actions,
        names=names,
        units=units,
        episodes=rows.episodes,
        shard_digest=rows.digest,
        datasets=(dataset,),
        bins=params.bins,
        method=params.bin_method,
    )


def _matrix(column: Any) -> NDArray[np.float32]:
    """A column of vectors, or of single numbers, as ``float32 (row, dimension)``."""
    values = np.asarray(column.to_pylist(), dtype=np.float32)
    return values[:, None] if values.ndim == 1 else values
