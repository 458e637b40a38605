"""Typed parameters: one pydantic model per pipeline, checked before any node runs."""
