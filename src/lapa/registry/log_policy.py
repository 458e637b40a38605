"""Log a policy to MLflow and enter it into the registry of models."""

from __future__ import annotations

from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException

import lapa
from lapa.models.policy.storage import load_policy
from lapa.records import Checkpoint
from lapa.registry.policy_model import POLICY, signature_of

SCRIPT = Path(__file__).with_name("model_script.py")
DIGEST = "digest"
"""Tag of a version: SHA-256 of its weights."""


def register_policy(folder: Path, name: str) -> str:
    """Log the policy in ``folder`` to the active run, or a new one, as a version of the model ``name``.

    The policy whose weights are those of the newest version is not entered again.

    Args:
        folder: a policy with its record.
        name: of the registered model.

    Returns:
        The version.
    """
    record = Checkpoint.read(folder)
    client = mlflow.MlflowClient()
    newest = _newest(client, name)
    if newest is not None and newest[1] == record.digest:
        return newest[0]
    logged = mlflow.pyfunc.log_model(
        name=POLICY,
        python_model=str(SCRIPT),
        artifacts={POLICY: str(folder)},
        signature=signature_of(load_policy(folder)),
        pip_requirements=[f"lapa=={lapa.__version__}"],
        metadata={DIGEST: record.digest, **{f"input.{k}": v for k, v in record.inputs.items()}},
        registered_model_name=name,
    )
    version = str(logged.registered_model_version)
    client.set_model_version_tag(name, version, DIGEST, record.digest)
    return version


def _newest(client: mlflow.MlflowClient, name: str) -> tuple[str, str] | None:
    """Newest version of a model and the digest of its weights; None before the first."""
    try:
        versions = client.search_model_versions(f"name='{name}'")
    except MlflowException:  # some registries refuse a name they do not know
        return None
    if not versions:
        return None
    last = max(versions, key=lambda version: int(version.version))
    return str(last.version), last.tags.get(DIGEST, "")
