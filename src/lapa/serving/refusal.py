"""A request that is not answered with actions, and why."""

from __future__ import annotations


class RequestError(Exception):
    """What was asked for cannot be: an HTTP status, and a sentence for whoever asked."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
