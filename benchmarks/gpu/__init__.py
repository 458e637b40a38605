"""What can only be measured on a GPU, in one run: `benchmarks/gpu.sh` (docs/gpu.md)."""
