"""Intervals: bootstrap over episodes, paired differences, success rates."""
