"""Parameters of stage 1."""
