"""The real client of openpi asks `lapa serve`, and gets what the policy says.

Not a pytest test: openpi-client asks for numpy below 2, so it is loaded from a folder of its own that pip
filled with ``--no-deps`` (its code runs with any numpy); ``docs/serve.md`` has the commands. Exits with 1 where
anything differs.

    pip install --no-deps --target openpi openpi-client==0.1.2
    PYTHONPATH=openpi:src python tests/external/openpi_serving.py POLICY
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from openpi_client.websocket_client_policy import WebsocketClientPolicy

from lapa.data.shards.images import as_stored
from lapa.models.policy.policy import Policy
from lapa.models.policy.storage import load_policy
from lapa.serving.client import Client

TOKEN = "a-secret"  # noqa: S105
TEXTS = ("lift the blue cube", "reach the red cube", "")


def compare(policy: Policy, port: int) -> float:
    """Largest difference between openpi's client, our client and the policy, over a few observations.

    Raises:
        AssertionError: a shape is wrong, or a bad observation is not refused.
    """
    theirs = WebsocketClientPolicy(host="127.0.0.1", port=port, api_key=TOKEN)
    ours = Client(f"http://127.0.0.1:{port}", token=TOKEN)
    facts = theirs.get_server_metadata()
    assert facts == ours.metadata()
    sys.stdout.write(f"metadata: {', '.join(a['name'] for a in facts['policy']['actions'])}\n")
    names, worst = facts["policy"]["state"], 0.0
    for number, text in enumerate(TEXTS):
        random = np.random.default_rng(number)
        frame = random.integers(0, 256, (120, 160, 3), dtype=np.uint8)
        state = random.normal(size=len(names or ())).astype(np.float32)
        observed = {"observation/image": frame, "observation/state": state, "prompt": text}
        actions = theirs.infer(observed)["actions"]
        picture = torch.from_numpy(as_stored(frame, policy.frame_codec))[None]
        states = torch.from_numpy(state)[None] if names else None
        alone = policy.predict(picture, [text], states)[0].numpy()
        assert actions.shape == alone.shape == (facts["policy"]["chunk"], alone.shape[-1])
        over_http = ours.predict(frame, text, state)
        differences = (np.abs(actions - alone).max(), np.abs(over_http - alone).max())
        worst = max(worst, *map(float, differences))
    try:
        theirs.infer({"prompt": "no picture"})
    except RuntimeError as error:
        sys.stdout.write(f"without a picture: {str(error).splitlines()[-1]}\n")
    else:
        raise AssertionError("an observation without a picture was answered")
    return worst


def main() -> int:
    """Serve, compare, stop."""
    folder = Path(sys.argv[1])
    torch.set_num_threads(1)
    policy = load_policy(folder)
    command = [sys.executable, "-m", "lapa", "serve", str(folder), "--port=0", f"--token={TOKEN}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split(" answers at ")[1].split()[0]
        try:
            worst = compare(policy, int(address.rsplit(":", 1)[1]))
        finally:
            process.terminate()
            sys.stdout.write(process.stdout.read())
    sys.stdout.write(f"largest difference from the policy alone: {worst:.1e}\n")
    return int(worst > 1e-6 or process.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
