#!/bin/bash
# In a container, from a mounted checkout: does everything import, and is nobody root?
set -euo pipefail
[ "$(id -u)" != 0 ] || { echo "runs as root, expected a user" >&2; exit 1; }
export PYTHONPATH="$PWD/src" PYTHONDONTWRITEBYTECODE=1
python -m lapa doctor
python -m lapa jobs smoke --env=test > /dev/null
python -c "import torch, av, mujoco, lapa.training.foundation; print('torch', torch.__version__, 'CUDA', torch.version.cuda)"
