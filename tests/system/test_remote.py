"""`kedro run --env=test` on what lies on a web server: a folder of videos, then the shard set that it became."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.data.loading.pairs import open_pairs
from lapa.data.shards.linked import LINK
from lapa.records import LabelSet, PairSpec, ShardSet
from toys.sessions import Sessions, sessions_in
from toys.videos import write_video
from toys.web import Answer, Web, serving

pytest.importorskip("aiohttp", reason="reading by URL needs pip install 'lapa[remote]'")
VIDEOS, FRAMES = 4, 24
SPEC = PairSpec(horizon_s=0.1)


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with pytest.MonkeyPatch.context() as patch, serving(patch) as web:
        yield web


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sessions]:
    with sessions_in(tmp_path_factory.mktemp("project"), Sessions) as sessions:
        yield sessions


def run_to_laq(sessions: Sessions, name: str, dataset: dict[str, Any], **laq: Any) -> Any:
    given = asked(dataset) | {"laq": laq}
    return sessions.run(name, "test", given, pipeline_names=["ingestion", "laq"])


def asked(dataset: dict[str, Any]) -> dict[str, Any]:
    return {
        "datasets": {"far": dataset},
        "mixture": {"sources": [{"dataset": "far"}]},
        "ingestion": {"split": {"by": "auto"}},
        "finetune": {"dataset": None},
        "evaluation": {"rollout": None},
        "remote": {"backoff_s": 0, "connections": 1},
    }


@pytest.fixture(scope="module")
def from_videos(sessions: Sessions, web: Web, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Videos on a server that cuts the first transfer off and is busy once."""
    folder = tmp_path_factory.mktemp("recordings")
    for number in range(VIDEOS):
        blocks = np.random.default_rng(number).integers(0, 256, (FRAMES, 8, 8, 3), np.uint8)
        frames = blocks.repeat(8, axis=1).repeat(8, axis=2)  # pairs must differ to be told apart
        write_video(folder / f"people/{number}.mp4", frames, fps=10)
    web.serve_folder(folder, "raw")
    web.answers["raw/people/0.mp4"] = [Answer(cut_after=1000)]
    web.answers["raw/people/1.mp4"] = [Answer(status=503)]
    source = {"kind": "video_folder", "path": web.url("raw/people/")}
    return run_to_laq(sessions, "videos", source)


@pytest.fixture(scope="module")
def local(from_videos: Any) -> ShardSet:
    shards: ShardSet = from_videos.load("far.clip_shards")
    return shards


def test_a_folder_of_videos_at_a_url_is_ingested_whole(
    local: ShardSet, from_videos: Any, web: Web
) -> None:
    assert sum(split.episodes for split in local.splits.values()) >= VIDEOS
    assert set(local.datasets) == {"people"}  # as the folder is called on the server
    assert web.ranges_of("raw/people/0.mp4")[1] == "bytes=1000-"
    assert from_videos.load("laq_checkpoint").inputs.keys() == {"shards"}


def test_what_came_lies_in_the_cache_of_the_catalog(from_videos: Any, sessions: Sessions) -> None:
    cache = sessions.folder / from_videos.load("remote_cache")
    assert len(list(cache.rglob("*.mp4"))) == VIDEOS
    assert cache == sessions.folder / "data/.cache/remote"


def test_a_shard_set_at_a_url_trains_by_stream(
    local: ShardSet, sessions: Sessions, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    web.serve_folder(Path(local.path), "sets/far")
    source = {"kind": "shards", "path": web.url("sets/far")}
    with caplog.at_level(logging.WARNING):
        stream = {"shuffle_buffer": 64}
        catalog = run_to_laq(sessions, "stream", source, loader="stream", stream=stream)
    there = catalog.load("far.clip_shards")
    assert there.digest == local.digest
    assert (Path(there.path) / LINK).is_file()
    assert not list(Path(there.path).rglob("*.tar"))
    assert len(open_pairs(catalog.load("mixture"), "train", SPEC)) == len(
        open_pairs(local, "train", SPEC)
    )
    trained = catalog.load("laq_checkpoint")
    assert trained.inputs == {"shards": catalog.load("mixture").digest}
    assert "some pairs twice and others never" in caplog.text


def test_codes_of_a_set_at_a_url_made_in_parts_are_those_of_one_run(
    local: ShardSet, sessions: Sessions, web: Web
) -> None:
    web.serve_folder(Path(local.path), "sets/parts")
    given = asked({"kind": "shards", "path": web.url("sets/parts")}) | {"arms": ["lapa"]}
    sessions.share("videos", "parts")
    sessions.run("parts", "test", given, pipeline_names=["ingestion"])

    def label(**part: str) -> Any:
        return sessions.run("parts", "test", given | part, pipeline_names=["labeling"])

    one: LabelSet = label().load("lapa.latent_labels")
    shutil.rmtree(one.path)
    for part in ("2/2", "1/2"):
        label(part=part)
    assert label(part="merge/2").load("lapa.latent_labels").digest == one.digest
    assert not list(sessions.folder.glob("data/.work/parts/parts/*/*/*"))
