"""What arrives together is predicted together; nobody pays for another."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from lapa.serving.batcher import Batcher
from lapa.serving.limits import Limits
from lapa.serving.observation import Observation
from lapa.serving.refusal import RequestError


def seen(number: int) -> Observation:
    return Observation(picture=np.zeros((2, 2, 3), np.uint8), instruction=str(number), state=None)


class Gated:
    """Echoes numbers, once the gate is open; number 13 is more than it can take."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.entered, self.gate = threading.Event(), threading.Event()

    def __call__(self, observations: Sequence[Observation]) -> NDArray[np.float32]:
        self.entered.set()
        assert self.gate.wait(30)
        self.batches.append(len(observations))
        numbers = [float(each.instruction) for each in observations]
        if 13.0 in numbers:
            raise ValueError("13")
        return np.array(numbers, np.float32).reshape(-1, 1, 1)


def test_what_waits_goes_in_one_pass_up_to_the_largest_batch() -> None:
    predict = Gated()
    batcher = Batcher(predict, Limits(max_batch=3, gather_s=0))
    first = batcher.submit([seen(0)])
    assert predict.entered.wait(30)
    later = [batcher.submit([seen(number)])[0] for number in range(1, 6)]
    predict.gate.set()
    assert [each.result(30).item() for each in [*first, *later]] == [0, 1, 2, 3, 4, 5]
    assert predict.batches == [1, 3, 2]
    batcher.close()


def test_a_batch_waits_a_moment_for_others() -> None:
    predict = Gated()
    predict.gate.set()
    batcher = Batcher(predict, Limits(max_batch=2, gather_s=30))
    answers = [*batcher.submit([seen(1)]), *batcher.submit([seen(2)])]
    assert [each.result(20).item() for each in answers] == [1, 2]
    assert predict.batches == [2]
    batcher.close()


def test_a_full_queue_takes_all_of_a_request_or_nothing() -> None:
    predict = Gated()
    batcher = Batcher(predict, Limits(max_queue=3, max_images=3, gather_s=0))
    batcher.submit([seen(0)])
    assert predict.entered.wait(30)
    batcher.submit([seen(1), seen(2)])
    with pytest.raises(RequestError, match="2 observations are waiting") as refused:
        batcher.submit([seen(3), seen(4)])
    assert refused.value.status == 503
    last = batcher.submit([seen(5)])
    predict.gate.set()
    assert last[0].result(30).item() == 5
    batcher.close()


def test_one_that_the_policy_cannot_take_spoils_its_own_answer_alone() -> None:
    predict = Gated()
    batcher = Batcher(predict, Limits(gather_s=0))
    first = batcher.submit([seen(0)])
    assert predict.entered.wait(30)
    good, bad, better = batcher.submit([seen(1), seen(13), seen(2)])
    predict.gate.set()
    assert [first[0].result(30).item(), good.result(30).item(), better.result(30).item()] == [
        0,
        1,
        2,
    ]
    with pytest.raises(ValueError, match="13"):
        bad.result(30)
    batcher.close()


def test_closing_answers_what_waits_and_takes_nothing_more() -> None:
    predict = Gated()
    batcher = Batcher(predict, Limits(gather_s=30))
    answers = batcher.submit([seen(number) for number in range(5)])
    predict.gate.set()
    batcher.close()
    assert [each.result(0).item() for each in answers] == [0, 1, 2, 3, 4]
    with pytest.raises(RequestError, match="stopping"):
        batcher.submit([seen(6)])


def test_whoever_has_gone_costs_nothing() -> None:
    predict = Gated()
    batcher = Batcher(predict, Limits(gather_s=0))
    batcher.submit([seen(0)])
    assert predict.entered.wait(30)
    gone, here = batcher.submit([seen(1), seen(2)])
    assert gone.cancel()
    predict.gate.set()
    assert here.result(30).item() == 2
    assert predict.batches == [1, 1]
    batcher.close()
