"""The formats a graph is written in, one file each; both write, and open what they wrote."""
