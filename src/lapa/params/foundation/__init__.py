"""Parameters of stage 2."""
