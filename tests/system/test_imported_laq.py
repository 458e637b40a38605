"""Quantizers of other projects in the graph: imported, they label, and what follows descends from them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import torch

from toys.foreign import Sizes, hlrp_state, original_state, save_lightning
from toys.project import KEDRO, Project

SIZES = Sizes(codes=1, grid=8, patch=4, codebook=16)


def import_laq(project: Project, file: Path, *options: str) -> None:
    command = [str(KEDRO.with_name("lapa")), "import-laq", str(file)]
    subprocess.run(
        [*command, "--out", "data/06_models/test/laq", "--env", "test", *options],
        cwd=project.folder,
        env=project.environment,
        check=True,
        capture_output=True,
    )


def sized(codes: int, codebook: int, image_size: int, *further: str) -> str:
    values = (f"code_seq_len={codes}", f"codebook_size={codebook}", f"image_size={image_size}")
    return "--params=" + ",".join((*values, "ingestion.resize=squash", *further))


def ancestors(project: Project, arm: str) -> tuple[str, str, str]:
    """Quantizer that labelled, that the backbone learnt from, and that of the catalog."""
    data = project.folder / "data"
    folders = (
        ("inputs", data / "05_model_input/test/labels" / arm),
        ("inputs", data / "06_models/test" / arm / "foundation"),
        ("digest", data / "06_models/test" / {"lapa": "laq"}.get(arm, arm)),
    )
    facts = [json.loads((folder / "record.json").read_text())[name] for name, folder in folders]
    return facts[0]["laq"], facts[1]["laq"], facts[2]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One in which an imported quantizer was used for everything, its evaluation included."""
    project = Project(tmp_path_factory.mktemp("project"))
    state = hlrp_state(original_state(SIZES), flow=True)
    file = save_lightning(project.folder / "laq.ckpt", state, SIZES.settings)
    import_laq(project, file, "--horizon-s", "0.1")
    pipelines = "--pipelines=ingestion,labeling,foundation,finetune,evaluation"
    done = project.run(pipelines, sized(1, 16, 32))
    assert done.returncode == 0, done.stderr + done.stdout
    return project


def test_everything_descends_from_it(project: Project) -> None:
    assert len(set(ancestors(project, "lapa"))) == 1
    assert len(set(ancestors(project, "random_laq"))) == 1
    assert ancestors(project, "lapa")[0] != ancestors(project, "random_laq")[0]
    page = " ".join(project.reporting("report/report.html").read_text().split())
    assert "another project, imported" in page
    assert "optical flow was left out" in page
    assert ancestors(project, "lapa")[2][:12] in page


def test_it_is_taken_as_it_is_where_only_missing_outputs_are_made(project: Project) -> None:
    done = project.run("--only-missing-outputs", sized(1, 16, 32))
    assert done.returncode == 0, done.stderr
    assert "Skipping all" in done.stderr + done.stdout
    assert "stale" not in done.stderr + done.stdout


def test_another_horizon_or_number_of_codes_is_refused(project: Project) -> None:
    def refusal(*options: str) -> str:
        done = project.run(*options)
        assert done.returncode != 0
        return " ".join((done.stderr + done.stdout).split())

    labeling = "--nodes=lapa.label_shards"
    assert "horizon of the pairs of quantiser" in refusal(
        labeling, sized(1, 16, 32, "horizon_s=0.05")
    )
    foundation = refusal("--nodes=lapa.train_foundation", sized(4, 16, 32))
    assert "code_seq_len" in foundation


def test_what_was_made_from_another_one_is_named(project: Project) -> None:
    models = project.folder / "data/06_models/test"
    kept = models.with_name("kept")
    shutil.copytree(models / "laq", kept)
    shutil.rmtree(models / "laq")
    torch.manual_seed(1)
    other = {name: tensor * 1.5 for name, tensor in original_state(SIZES).items()}
    torch.save(other, project.folder / "other.pt")
    import_laq(project, project.folder / "other.pt")
    done = project.run("--only-missing-outputs", sized(1, 16, 32))
    output = " ".join((done.stderr + done.stdout).split())
    assert "lapa.latent_labels is stale" in output
    assert "laq_checkpoint was" in output
    shutil.rmtree(models / "laq")
    shutil.move(kept, models / "laq")


FIXTURES = {
    "golden/n1": (1, 8, 32),
    "golden/n4": (4, 8, 32),
    "golden/n16": (16, 8, 32),
    "golden_hlrp/pixel4": (4, 8, 64),
    "golden_hlrp/flow1": (1, 32, 64),
}
"""File -> codes per pair, codebook, image size."""


@pytest.mark.reference_data
@pytest.mark.parametrize("name", FIXTURES)
def test_fixtures_of_both_projects_reach_a_policy(
    tmp_path: Path, reference_data: Path, name: str
) -> None:
    project, sizes = Project(tmp_path), FIXTURES[name]
    stored = torch.load(reference_data / f"{name}.pt", weights_only=True)
    if name.startswith("golden/"):
        torch.save(stored["state_dict"], tmp_path / "laq.pt")
        options = [f"--code-seq-len={sizes[0]}", f"--image-size={sizes[2]}"]
    else:
        settings = stored["checkpoint"]["hyper_parameters"]["model_config"]
        save_lightning(tmp_path / "laq.pt", stored["checkpoint"]["state_dict"], settings)
        options = []
    import_laq(project, tmp_path / "laq.pt", *options)
    pipelines = "--pipelines=ingestion,labeling,foundation,finetune"
    done = project.run(pipelines, "--to-outputs=lapa.policy_checkpoint", sized(*sizes))
    assert done.returncode == 0, done.stderr + done.stdout
    assert len(set(ancestors(project, "lapa"))) == 1
    assert (tmp_path / "data/06_models/test/lapa/policy/record.json").is_file()
