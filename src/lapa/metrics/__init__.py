"""Metrics that training, labeling and evaluation share, and the glossary of all their names."""
