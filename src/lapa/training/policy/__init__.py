"""Finetuning: from a backbone and few labelled episodes to a policy."""

from lapa.training.policy.fit import fit

__all__ = ["fit"]
