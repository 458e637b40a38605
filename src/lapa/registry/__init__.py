"""Policies in MLflow's registry of models: `mlflow.pyfunc` loads them, and they predict from images and text.

A room of its own, because whoever loads such a model needs it, and needs no Kedro.
"""
