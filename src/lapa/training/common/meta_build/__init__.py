"""Weights that are described before they exist, so that no process needs room for all of them."""
