"""Processes: how they are started, and how one knows the others."""
