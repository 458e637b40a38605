"""Two providers of codes, one result; and neither lets frame t+H reach the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lapa.data.episode import Episode, Frames
from lapa.data.loading.latents import LatentDataset
from lapa.data.loading.loader import collate, evaluation_loader
from lapa.labeling.label_shards import label_shards
from lapa.models.foundation.build import build_foundation
from lapa.params.labeling import LabelingParams
from lapa.records import Checkpoint, LabelSet, ShardSet
from lapa.training.foundation import fit
from lapa.training.foundation.labels import OnlineLabels, PrecomputedLabels
from lapa.training.foundation.open_labels import open_labels
from toys.episodes import moving_square_episodes
from toys.foundations import arguments, params
from toys.labeled_squares import SPEC
from toys.quantizers import tiny_laq
from toys.shards import tiny_shard_set

CPU = torch.device("cpu")


World = tuple[ShardSet, ShardSet, Checkpoint, LabelSet]


def with_another_future(episodes: Sequence[Episode], *, of_frame: int) -> list[Episode]:
    """The same episodes, but every frame after ``of_frame`` is noise."""

    def changed(episode: Episode) -> Episode:
        def read(indices: Sequence[int] | None = None) -> Frames:
            chosen = range(episode.num_frames) if indices is None else indices
            frames = episode.frames(list(chosen))
            noise = np.random.default_rng(0).integers(0, 256, frames.shape, dtype=np.uint8)
            later = np.array(list(chosen)) > of_frame
            return np.where(later[:, None, None, None], noise, frames)

        return replace(episode, read_frames=read)

    return [changed(episode) for episode in episodes]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Shards, a quantiser, labels, and the same shards with another future after frame 0."""
    folder = tmp_path_factory.mktemp("world")
    episodes = moving_square_episodes(10, 9, size=16)
    shards = tiny_shard_set(folder, episodes=episodes, size=16)
    changed = tiny_shard_set(
        folder / "changed", episodes=with_another_future(episodes, of_frame=0), size=16
    )
    laq = tiny_laq(folder / "laq")
    labels = label_shards(
        shards=shards,
        model=laq,
        pair_spec=SPEC,
        params=LabelingParams(batch_size=16),
        work=folder,
    )
    return shards, changed, laq, labels


def test_both_providers_give_the_same_batches(world: World) -> None:
    shards, _, laq, labels = world
    advance = PrecomputedLabels(shards=shards, labels=labels, device=CPU)
    online = OnlineLabels(shards=shards, laq=laq, device=CPU)
    loaders = [
        evaluation_loader(p.open("train", max_samples=None), batch_size=5)
        for p in (advance, online)
    ]
    assert len(loaders[0]) == len(loaders[1]) > 1
    for one, other in zip(*loaders, strict=True):
        expected, found = advance.prepare(one), online.prepare(other)
        assert expected.keys() == found.keys()
        assert expected["instructions"] == found["instructions"]
        for name in ("frames", "latent_codes", "sample_id"):
            assert torch.equal(expected[name], found[name]), name


def first_frames(provider: Any) -> dict:
    """The batch of every episode's frame 0, as the model gets it."""
    dataset = provider.open("train", max_samples=None)
    starts = [i for i in range(len(dataset)) if dataset.sample(i)["frame"] == 0]
    assert len(starts) == 8
    return provider.prepare(collate([dataset[i] for i in starts]))


def logits_of(batch: Any) -> torch.Tensor:
    torch.manual_seed(0)
    model = build_foundation(
        params(code_seq_len=4, codebook_size=8).model(), instructions=batch["instructions"]
    )
    return model.eval()(
        batch | {"latent_codes": torch.zeros(len(batch["instructions"]), 4, dtype=torch.long)}
    ).logits


def providers(world: World, *, changed: bool) -> Any:
    shards, other, laq, labels = world
    if changed:
        shards, labels = other, labels.model_copy(update={"shard_digest": other.digest})
    return (
        PrecomputedLabels(shards=shards, labels=labels, device=CPU),
        OnlineLabels(shards=shards, laq=laq, device=CPU),
    )


@pytest.mark.parametrize("kind", [0, 1], ids=["precomputed", "online"])
def test_the_future_frame_does_not_reach_the_logits(world: World, kind: str) -> None:
    before = first_frames(providers(world, changed=False)[kind])
    after = first_frames(providers(world, changed=True)[kind])
    torch.testing.assert_close(logits_of(before), logits_of(after), rtol=0, atol=0)


def test_a_deliberate_leak_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: feed frame t+1 and the logits move."""

    def leaky(self: Any, images: Any, index: Any) -> Any:
        rest = read(self, images, index)
        clip, frame = self.position_of(index)
        images[...] = self.reader.frames(clip, [frame + 1])[0]
        return rest

    read = LatentDataset.read_into
    monkeypatch.setattr(LatentDataset, "read_into", leaky)
    before = first_frames(providers(world, changed=False)[0])
    after = first_frames(providers(world, changed=True)[0])
    assert not torch.allclose(logits_of(before), logits_of(after))


def test_training_is_the_same_with_either_provider(world: World, tmp_path: Path) -> None:
    shards, _, laq, labels = world
    config = params(code_seq_len=4, codebook_size=8)
    advance = fit(**arguments(shards, labels, config, tmp_path / "advance"))
    request = arguments(shards, labels, config, tmp_path / "online")
    request["params"] = config.model_copy(update={"online_labels": True})
    del request["labels"]
    online = fit(**request, laq=laq)
    assert online.digest == advance.digest
    assert online.inputs == {"shards": shards.digest, "laq": laq.digest}


def test_online_labels_without_a_quantizer_are_refused(world: World) -> None:
    shards, *_ = world
    with pytest.raises(ValueError, match="needs the quantiser's checkpoint"):
        open_labels(shards, None, None, params(online_labels=True), CPU)


def test_labels_of_another_horizon_are_refused(world: World) -> None:
    shards, _, laq, labels = world
    longer = laq.model_copy(update={"pair_spec": SPEC.model_copy(update={"horizon_s": 0.2})})
    config = params(code_seq_len=4, codebook_size=8)
    with pytest.raises(ValueError, match=r"horizon of its pairs: found 0\.1, expected 0\.2"):
        open_labels(shards, labels, longer, config, CPU)


def test_missing_labels_are_named(world: World) -> None:
    shards, *_ = world
    with pytest.raises(ValueError, match="no label set for"):
        open_labels(shards, None, None, params(), CPU)
