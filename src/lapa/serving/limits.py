"""What a server takes at most, so that no request can exhaust it."""

from __future__ import annotations

from pydantic import Field, model_validator

from lapa.params.base import Params


class Limits(Params):
    """Each is answered with a 4xx or 5xx and a sentence where it is passed."""

    max_request_bytes: int = Field(default=16 << 20, gt=0)
    """Of the body of a request, or of a message on a websocket; beyond it 413, or the socket closes."""
    max_pixels: int = Field(default=2048 * 2048, gt=0)
    """Width times height of one picture, read from its header before it is decoded; beyond it 413."""
    max_images: int = Field(default=16, gt=0)
    """Observations of one request; beyond it 413."""
    max_instruction: int = Field(default=1000, gt=0)
    """Characters of an instruction; beyond it 413."""
    max_batch: int = Field(default=16, gt=0)
    """Observations of one forward pass."""
    gather_s: float = Field(default=0.004, ge=0)
    """How long the first observation of a batch waits for others, seconds."""
    max_queue: int = Field(default=256, gt=0)
    """Observations that wait for their forward pass; beyond it 503."""
    max_connections: int = Field(default=128, gt=0)
    """Websockets, and connections in all; beyond it 503."""
    timeout_s: float = Field(default=30.0, gt=0)
    """From the head of a request to its answer, seconds; 408 if the request was not complete by then, else 504."""

    @model_validator(mode="after")
    def _one_request_fits(self) -> Limits:
        if self.max_queue < self.max_images:
            raise ValueError(
                f"max_queue is {self.max_queue}, expected at least max_images ({self.max_images}): "
                "a full request would never be taken"
            )
        return self
