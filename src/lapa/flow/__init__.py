"""Optical flow between the frames of pairs: what trains a quantiser, and what judges one."""
