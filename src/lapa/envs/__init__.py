"""Simulators: the interface that recording and evaluation know, and the worlds behind it."""
