"""Simulated worlds behind the Gymnasium interface."""
