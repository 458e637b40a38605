"""A policy behind MLflow's interface of a Python model: arrays by name in, actions out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from mlflow.models import ModelSignature
from mlflow.pyfunc.model import PythonModel, PythonModelContext
from mlflow.types import ColSpec, Schema, TensorSpec

from lapa.models.policy.policy import Policy
from lapa.models.policy.storage import load_policy

POLICY = "policy"
"""Name of the folder among the model's artifacts."""


class PolicyModel(PythonModel):
    """``{"images", "instructions"[, "states"]}`` -> ``float32 (batch, time, action_dim)``."""

    policy: Policy

    def load_context(self, context: PythonModelContext) -> None:
        """Load the policy's folder; a damaged or exchanged file is refused."""
        self.policy = load_policy(Path(context.artifacts[POLICY]))

    def predict(
        self,
        context: PythonModelContext,
        model_input: Any,
        params: dict[str, Any] | None = None,
    ) -> Any:
        """Predict.

        Args:
            context: MLflow's; not used.
            model_input: ``images uint8 (batch, height, width, 3)`` of any size, ``instructions`` one per
                image, ``states float32 (batch, state_dim)`` where the policy reads them.
            params: MLflow's; there are none.

        Returns:
            Actions ``float32 (batch, time, action_dim)``, physical units.
        """
        states = model_input.get("states")
        actions = self.policy.predict(
            torch.from_numpy(np.ascontiguousarray(model_input["images"])),
            [str(text) for text in model_input["instructions"]],
            None if states is None else torch.from_numpy(np.asarray(states, np.float32)),
        )
        return actions.numpy()


def signature_of(policy: Policy) -> ModelSignature:
    """What MLflow checks every call against."""
    inputs: list[ColSpec | TensorSpec] = [
        TensorSpec(np.dtype(np.uint8), (-1, -1, -1, 3), "images"),
        TensorSpec(np.dtype(str), (-1,), "instructions"),
    ]
    if policy.state_input is not None:
        width = policy.state_input.mean.shape[0]
        inputs.append(TensorSpec(np.dtype(np.float32), (-1, width), "states"))
    shape = (-1, policy.chunk, policy.head.codec.action_dim)
    outputs: list[ColSpec | TensorSpec] = [TensorSpec(np.dtype(np.float32), shape)]
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs))
