"""Studies: a grid of ordinary runs that share their ancestors, and one small result for each cell."""
