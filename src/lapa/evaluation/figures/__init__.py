"""Figures of the reports: one file each, drawn off screen, saved as PNG."""
