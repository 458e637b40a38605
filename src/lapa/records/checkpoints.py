"""A model with its ancestry."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lapa.records.base import Record
from lapa.records.pairs import PairCounts, PairSpec

CheckpointKind = Literal["laq", "foundation", "policy", "inverse_dynamics"]
"""What a model is for; its folder's loader."""
IMPORTED_FROM = "checkpoint_file"
"""Name among the inputs of an imported model, of the file it was read from."""


class Checkpoint(Record):
    """A trained (or deliberately untrained) model: weights, configuration and ancestry."""

    path: str
    """Folder with ``model.safetensors`` and ``config.json``."""
    kind: CheckpointKind
    step: int
    """Optimiser steps behind the weights; 0 for a random control."""
    digest: str
    """SHA-256 of ``model.safetensors``."""
    inputs: dict[str, str]
    """Digest of every artefact it was trained on, by name."""
    pair_spec: PairSpec
    pairs: dict[str, dict[str, PairCounts]] = Field(default_factory=dict)
    """Split -> dataset -> what became of its frames; empty for policies, which learn from every frame."""
    samples: dict[str, int] = Field(default_factory=dict)
    """Samples that were trained (``train``) and validated on (``val``), after `train_max_samples`."""
    metrics: dict[str, float] = Field(default_factory=dict)
    """Validation metrics at this step."""
    code_version: str
    datasets: tuple[str, ...] = ()
    """Datasets whose actions it has learnt; empty for models that read none."""
    trained: dict[str, int] = Field(default_factory=dict)
    """Module -> numbers of it that trained (adapters alone, where it got some); empty for a random control."""
    selected: Literal["best", "last"] = "last"
    """Which weights these are: the best by ``selected_by``, or those of the last step."""
    selected_by: str = ""
    """Metric that chose the best weights, e.g. ``val/loss``; empty where the last step was taken."""
    resize: Literal["crop", "squash"] | None = None
    """How frames must be made square for it, where it was not trained on shards; None: as in those."""
    precision: str = ""
    """Which one ``precision: auto`` took, ``32-true`` or ``bf16-mixed``; empty where it was given."""
    notes: tuple[str, ...] = ()
    """What a reader of its metrics must know, in sentences: e.g. a parameter that this arm could not use."""
    files: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of what lies beside the weights (configuration, tokenizer), taken when it is published."""

    @property
    def is_imported(self) -> bool:
        """Whether its weights come from a file of another project; its steps may then be unknown."""
        return IMPORTED_FROM in self.inputs
