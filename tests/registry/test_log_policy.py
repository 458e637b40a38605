"""A policy in MLflow's registry: `mlflow.pyfunc` loads it and predicts as the policy does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mlflow
import numpy as np
import pytest
import torch
from click.testing import CliRunner
from kedro.io import DataCatalog
from mlflow.exceptions import MlflowException

from lapa.cli.register import register
from lapa.datasets.checkpoint import CheckpointDataset
from lapa.hooks import RegistryHook
from lapa.models.policy.storage import load_policy
from lapa.params.registry import RegistryParams
from toys.policies import finetuned
from toys.shards import tiny_shard_set


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policy")
    record = finetuned(tiny_shard_set(folder), folder / "work", use_state=True)
    dataset = CheckpointDataset(filepath=str(folder / "policy"), kind="policy")
    dataset.save(record)
    return folder / "policy"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of MLflow, with an experiment whose files lie beside it."""
    folder = tmp_path_factory.mktemp("mlflow")
    before, uri = mlflow.get_tracking_uri(), f"sqlite:///{folder}/mlflow.db"
    mlflow.set_tracking_uri(uri)
    mlflow.create_experiment("lapa", artifact_location=str(folder / "artifacts"))
    yield uri
    mlflow.set_tracking_uri(before)


def test_a_registered_policy_is_loaded_and_predicts(policy: Path, store: str) -> None:
    arguments = [str(policy), "--name", "toy-policy", "--tracking-uri", store]
    for _ in range(2):  # the same weights are no second version
        result = CliRunner().invoke(register, arguments)
        assert result.exit_code == 0, result.output
        assert result.stdout.strip() == "models:/toy-policy/1"
    model = mlflow.pyfunc.load_model("models:/toy-policy/1")
    images = np.random.default_rng(0).integers(0, 256, (2, 40, 50, 3), dtype=np.uint8)
    texts = ["move the red square", ""]
    width = load_policy(policy).state_input.mean.shape[0]  # type: ignore[union-attr]
    states = np.ones((2, width), np.float32)
    given = {"images": images, "instructions": np.array(texts), "states": states}
    expected = load_policy(policy).predict(
        torch.from_numpy(images), texts, torch.from_numpy(states)
    )
    np.testing.assert_array_equal(model.predict(given), expected.numpy())
    with pytest.raises(MlflowException, match="images"):
        model.predict({**given, "images": images.astype(np.float32)})
    kept = Path(mlflow.artifacts.download_artifacts("models:/toy-policy/1"))
    assert not [path for path in kept.rglob("*") if path.suffix in (".pkl", ".pickle", ".bin")]


def test_the_hook_registers_policies_where_it_is_asked(policy: Path, store: str) -> None:
    hook, client = RegistryHook(), mlflow.MlflowClient()
    hook.before_pipeline_run(
        DataCatalog({"arm.policy_checkpoint": CheckpointDataset(filepath=str(policy))})
    )
    mlflow.set_experiment("lapa")
    with mlflow.start_run():
        hook.after_dataset_saved("arm.policy_checkpoint")
        assert not client.search_model_versions("name='arm-policy'")
        hook._params = RegistryParams(policies=True)
        hook.after_dataset_saved("arm.foundation_checkpoint")
        hook.after_dataset_saved("arm.policy_checkpoint")
    (version,) = client.search_model_versions("name='arm-policy'")
    assert version.version in (1, "1")
