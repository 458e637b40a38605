#!/bin/bash
# From the Dockerfile to the image that pyxis takes. Usage, from the checkout: slurm/container/build_enroot.sh [lapa.sqsh]
# Builds with docker or podman, whichever there is, and imports with enroot.
set -euo pipefail
image="${1:-lapa.sqsh}"
cd "$(dirname "$0")/../.."
if builder=$(command -v docker); then from=dockerd; elif builder=$(command -v podman); then from=podman; else
  echo "neither docker nor podman here: build where one is, and copy the .sqsh" >&2
  exit 2
fi
command -v enroot > /dev/null || { echo "no enroot here: see https://github.com/NVIDIA/enroot" >&2; exit 2; }
tag="lapa:$(sha256sum requirements.lock slurm/container/Dockerfile | sha256sum | cut -c 1-12)"
"$builder" build --file slurm/container/Dockerfile --tag "$tag" .
"$builder" run --rm --volume "$PWD:$PWD:ro" --workdir "$PWD" "$tag"
enroot import --output "$image" "$from://$tag"
echo "$image holds $tag: slurm/submit.sh RUN --container=$(realpath "$image")"
