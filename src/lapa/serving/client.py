"""Ask a served policy for actions. Needs numpy alone: the file may be copied to a robot's computer.

client = Client("http://127.0.0.1:8000", token="...")
actions = client.predict(camera_frame, "lift the red cube")  # float32 (time, action_dim)
"""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray


class ServerError(RuntimeError):
    """The server gave no actions; the message is its sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(f"{status}: {sentence}")
        self.status = status


class Client:
    """One connection that is kept; not for several threads at once, each takes its own."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        token: str | None = None,
        timeout_s: float = 30.0,
    ) -> None:
        parts = urlsplit(url)
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        if parts.scheme not in kinds or not parts.hostname:
            raise ValueError(f"url is {url!r}, expected http://HOST:PORT or https://HOST:PORT")
        self._connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=timeout_s)
        self._path = parts.path.rstrip("/")
        self._headers = {"Content-Type": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"

    def metadata(self) -> dict[str, Any]:
        """Digest, action names, units and limits, chunk, rate, image size, state: as docs/serve.md says."""
        return self._ask("GET", "/metadata")

    def predict(
        self,
        image: NDArray[np.uint8] | bytes,
        instruction: str,
        state: Sequence[float] | NDArray[np.floating] | None = None,
    ) -> NDArray[np.float32]:
        """The next actions of one robot, ``float32 (time, action_dim)``; arguments as `observation`.

        Raises:
            ServerError: the server refused, and why; or what answered is no such server.
            OSError: it cannot be reached, not within the time limit, or broke off.
        """
        actions: NDArray[np.float32] = self.predict_batch([observation(image, instruction, state)])[
            0
        ]
        return actions

    def predict_batch(self, observations: Sequence[Mapping[str, Any]]) -> NDArray[np.float32]:
        """Actions ``float32 (observation, time, action_dim)`` for several `observation`; raises as `predict`."""
        body = json.dumps({"observations": list(observations)}).encode()
        return np.array(self._ask("POST", "/predict", body)["actions"], np.float32)

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        try:
            status, data = self._exchange(method, path, body)
        except ConnectionError:
            # a kept connection that the server has closed meanwhile shows only now
            self.close()
            status, data = self._exchange(method, path, body)
        try:
            answer = json.loads(data)
        except ValueError:
            answer = data[:200].decode(errors="replace")
        if not isinstance(answer, dict) or status != 200:
            said = answer.get("error", answer) if isinstance(answer, dict) else answer
            raise ServerError(status, str(said))
        return answer

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        try:
            self._connection.request(method, self._path + path, body, self._headers)
            response = self._connection.getresponse()
            return response.status, response.read()
        except OSError:
            self.close()
            raise
        except http.client.HTTPException as error:
            self.close()
            raise ConnectionError(f"no complete answer in HTTP ({error!r})") from error


def observation(
    image: NDArray[np.uint8] | bytes,
    instruction: str,
    state: Sequence[float] | NDArray[np.floating] | None = None,
) -> dict[str, Any]:
    """What a robot sees, is told and feels, as JSON takes it.

    Args:
        image: the frame of the camera, ``uint8 (height, width, 3)``, RGB, of any size, or the bytes of a
            JPEG or PNG.
        instruction: what to do.
        state: where the policy reads one, ``(state_dim,)``, in the order of the metadata.
    """
    if isinstance(image, bytes):
        shown: Any = _text(image)
    else:
        pixels = np.asarray(image)
        if pixels.dtype != np.uint8 or pixels.ndim != 3:
            raise ValueError(
                f"image is {pixels.dtype} {pixels.shape}, expected uint8 (height, width, 3), RGB"
            )
        shown = {"data": _text(pixels.tobytes()), "shape": list(pixels.shape)}
    return {
        "image": shown,
        "instruction": instruction,
        "state": None if state is None else [float(value) for value in state],
    }


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
