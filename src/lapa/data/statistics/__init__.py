"""What is computed about actions: bins, motion, sums, moments."""
