"""Arithmetic before an experiment: what its data gives, what its stages ask for, whether both fit."""
