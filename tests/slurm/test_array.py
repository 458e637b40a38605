"""Ingestion as an array on a real Slurm: a job of it fails, is given again alone, and the merge is what one process writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lapa.cli.plan_configuration import configuration_of
from lapa.params.ingestion import IngestionParams
from lapa.params.mixture import DatasetsParams
from lapa.pipelines.ingestion.nodes import write_shards
from lapa.records import RawEpisodes, ShardSet
from toys.array_parts import files_in
from toys.slurm import Cluster, checkout_in

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(1800)]
SMALL = "ingestion.max_samples_per_shard=2"
JOB = f"slurm/cpu.sbatch ingestion r --env=test --params={SMALL}"
PATIENCE = 900
"""Seconds for one job; a busy machine is slow."""
LATER = {"record.json", "made_with.json", ".unpublished"}


def submitted(cluster: Cluster, checkout: Path, line: str) -> dict[str, str]:
    """Numbers of the jobs of a line, by name."""
    done = cluster.run(line, folder=checkout)
    assert done.returncode == 0, done.stderr
    return {name: job for job, name in re.findall(r"^(\d+) (\S+)", done.stdout, re.MULTILINE)}


def logs(checkout: Path) -> str:
    return "\n".join(path.read_text() for path in (checkout / "slurm/logs").glob("*.out"))


def of_one_process(checkout: Path, work: Path) -> ShardSet:
    given = {"run": "r", "ingestion": {"max_samples_per_shard": 2}}
    parameters = configuration_of(checkout, "test", given).parameters
    dataset = DatasetsParams.model_validate(parameters["datasets"]).root["tabletop"]
    folder = checkout / "data/01_raw/r/tabletop"
    raw = RawEpisodes.read(folder).model_copy(update={"path": str(folder)})
    settings = IngestionParams.model_validate(parameters["ingestion"])
    return write_shards(dataset, settings, str(work), raw=raw)


def test_a_failed_part_is_made_again_and_the_merge_equals_one_process(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = checkout_in(tmp_path / "checkout")
    parts = checkout / "data/.work/r/parts/shards/tabletop"
    stranger = parts / "2-of-3/notes.txt"
    stranger.parent.mkdir(parents=True)
    stranger.touch()
    jobs = submitted(
        cluster,
        checkout,
        f"slurm/submit.sh r --env=test --pipelines=ingestion --array=3 --params={SMALL}",
    )
    assert list(jobs) == ["lapa-ingestion-first", "lapa-ingestion-parts", "lapa-ingestion-merge"]
    first, array = jobs["lapa-ingestion-first"], jobs["lapa-ingestion-parts"]
    assert cluster.wait(first, seconds=PATIENCE) == "COMPLETED", logs(checkout)
    states = [cluster.wait(f"{array}_{part}", seconds=PATIENCE) for part in (1, 2, 3)]
    assert states == ["COMPLETED", "FAILED", "COMPLETED"], logs(checkout)
    assert cluster.wait(jobs["lapa-ingestion-merge"], seconds=60) == "CANCELLED"
    said = (checkout / f"slurm/logs/lapa-ingestion-parts-{array}_2.out").read_text()
    assert "holds notes.txt" in " ".join(said.split())
    (kept,) = checkout.glob("data/.work/r/shards_part-*/part/train/000001.tar")
    written = kept.stat().st_mtime_ns
    assert not (checkout / "data/03_primary/r/tabletop").exists()

    stranger.unlink()
    again = f"$(sbatch --parsable --array=2 {JOB} --parts=3)"
    merge = f"sbatch --parsable --dependency=afterok:{again} {JOB} --params=part=merge/3"
    number = cluster.run(merge, folder=checkout).stdout.strip()
    assert cluster.wait(number, seconds=PATIENCE) == "COMPLETED", logs(checkout)

    merged = checkout / "data/03_primary/r/tabletop"
    assert (merged / "train/000001.tar").stat().st_mtime_ns == written  # not written again
    assert not parts.exists()
    monkeypatch.chdir(checkout)
    one = of_one_process(checkout, tmp_path / "work")
    assert ShardSet.read(merged).model_copy(update={"path": one.path}) == one
    whole, joined = files_in(Path(one.path)), files_in(merged)
    assert {n: b for n, b in whole.items() if n not in LATER} == {
        n: b for n, b in joined.items() if n not in LATER
    }
    assert len([name for name in joined if name.endswith(".tar")]) > 6
