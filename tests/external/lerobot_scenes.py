"""Compare what `lerobot-eval` says of each scene with lapa's own evaluation of the same policy.

Not a pytest test: `tests/external/lerobot_plugin.sh` calls it in LeRobot's environment. Exits with 1 where a scene
ends otherwise.

    python tests/external/lerobot_scenes.py POLICY EVAL_INFO.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch

from lapa.evaluation.policies.rollout import rollout
from lapa.models.policy.storage import load_policy
from lapa.params.envs import TabletopParams

TASK, FIRST_SEED = "reach", 190_000


def main() -> int:
    """Play the scenes of the file in lapa."""
    folder, file = Path(sys.argv[1]), Path(sys.argv[2])
    torch.set_num_threads(1)
    theirs = json.loads(file.read_text())["per_task"][0]["metrics"]["successes"]
    policy = load_policy(folder)
    seeds = [FIRST_SEED + number for number in range(len(theirs))]
    ours = rollout(
        policy,
        simulator=TabletopParams(tasks=(TASK,)),
        task=TASK,
        seeds=seeds,
        codec=None,
        with_states=policy.state_input is not None,
    )
    same = [bool(theirs[i]) == bool(ours.successes[i]) for i in range(len(seeds))]
    sys.stdout.write(
        f"{len(seeds)} scenes of {TASK}: lerobot-eval {sum(map(bool, theirs))} successes, lapa "
        f"{int(ours.successes.sum())}; {sum(same)} scenes end alike\n"
    )
    return int(not all(same))


if __name__ == "__main__":
    sys.exit(main())
