"""Latent action pretraining from videos, as a Kedro project."""

__version__ = "0.1.0"
