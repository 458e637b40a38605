"""Neural networks: torch and einops only."""
