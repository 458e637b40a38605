#!/usr/bin/env bash
# Everything about lapa that only a GPU can tell, in 8 minutes at most: benchmarks/gpu.sh [--toy] [--out FOLDER]
# Needs a machine with PyTorch 2.11 or newer, and what benchmarks/gpu-wheels.txt lists; no Kedro, no MLflow, no network.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONPATH="$PWD/src:$PWD/benchmarks:$PWD/tests${PYTHONPATH:+:$PYTHONPATH}" PYTHONUNBUFFERED=1
exec "${PYTHON:-python3}" -m gpu "$@"
