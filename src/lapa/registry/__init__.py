"""Policies in MLflow's registry of models: `mlflow.pyfunc` loads them, and they predict from images and text.

A room of its own, because whoever loads such a model needs it, and needs no Kedro.
"""

import warnings

# MLflow asks for type hints and an input example to guess a signature from; ours is written out
warnings.filterwarnings("ignore", r"(?s).*(type hint|input example)", module=r"mlflow\.pyfunc")
