"""Which provider of codes a training takes, and whether its codes belong to it."""

from __future__ import annotations

from typing import Any, Protocol

import torch

from lapa.params.foundation.stage import FoundationParams
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet, require_same
from lapa.training.foundation.labels import LabelProvider, OnlineLabels, PrecomputedLabels


def open_labels(
    shards: ShardSet,
    labels: LabelSet | None,
    laq: Checkpoint | None,
    params: FoundationParams,
    device: torch.device,
    *,
    pair_spec: PairSpec | None = None,
) -> LabelProvider[Any]:
    """Choose the provider and refuse what does not belong together.

    Args:
        shards: the clips.
        labels: their codes, made in advance.
        laq: the quantiser behind them.
        params: which provider, and the sizes of the codes.
        device: where batches go.
        pair_spec: which pairs are read, with the horizon of labels and quantiser; None: theirs.

    Raises:
        ValueError: an artefact is missing, or belongs to other shards, to another quantiser or
            to other sizes; the message shows both values.
    """
    if labels is not None:
        check_labels(labels, shards, params, laq=laq)
    if pair_spec is not None and (coded := labels or laq) is not None:
        _require_horizon(coded, pair_spec, remedy="train with the horizon of the codes (horizon_s)")
    if params.online_labels:
        if laq is None:
            raise ValueError("`online_labels` needs the quantiser's checkpoint, got none")
        if labels is not None and labels.made_by != "quantizer":
            raise ValueError(
                f"`online_labels` is set, but the labels of {labels.path} were made by {labels.made_by}, not by "
                "a quantiser: train on them with foundation.online_labels=false"
            )
        provider = OnlineLabels(shards=shards, laq=laq, device=device, pair_spec=pair_spec)
        check_sizes(f"quantiser {laq.path}", provider.quantizer, params)
        return provider
    if labels is None:
        raise ValueError(
            f"no label set for {shards.path}: label the shards, or set `online_labels`"
        )
    return PrecomputedLabels(shards=shards, labels=labels, device=device, pair_spec=pair_spec)


def check_labels(
    labels: LabelSet, shards: ShardSet, params: FoundationParams, *, laq: Checkpoint | None
) -> None:
    """Refuse labels of other shards, of another quantiser, horizon or size.

    Raises:
        ValueError: naming what differs, with both values.
    """
    name, again = f"label set {labels.path}", "label these shards again"
    require_same(f"{name}: shard digest", labels.shard_digest, shards.digest, remedy=again)
    if laq is not None:
        require_same(f"{name}: quantiser digest", labels.laq_digest, laq.digest, remedy=again)
        _require_horizon(labels, laq.pair_spec, remedy=again)
    check_sizes(name, labels, params)


def _require_horizon(coded: LabelSet | Checkpoint, spec: PairSpec, *, remedy: str) -> None:
    """Codes depend on the horizon; the motion filter only chooses among pairs that have one."""
    name = f"{type(coded).__name__} {coded.path}: horizon of its pairs"
    require_same(name, coded.pair_spec.horizon_s, spec.horizon_s, remedy=remedy)


class _Sized(Protocol):
    @property
    def code_seq_len(self) -> int: ...

    @property
    def codebook_size(self) -> int: ...


def check_sizes(name: str, coder: _Sized, params: FoundationParams) -> None:
    """Refuse codes of another length or codebook than the model is built for.

    Raises:
        ValueError: naming the size, with both values.
    """
    remedy = "set `foundation.code_seq_len` and `foundation.codebook_size` to the quantiser's"
    length, size = coder.code_seq_len, coder.codebook_size
    require_same(f"{name}: codes per pair", length, params.code_seq_len, remedy=remedy)
    require_same(f"{name}: codebook size", size, params.codebook_size, remedy=remedy)
