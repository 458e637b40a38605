"""A real browser without a window, driven by the DevTools protocol."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-dev-shm-usage", "--disable-extensions", "--remote-debugging-port=0"),
)
PATIENCE_S = 90.0


class Page:
    """One tab."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    def command(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=PATIENCE_S))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript."""
        result = self.command(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait_for(self, condition: str) -> None:
        """Until an expression is true."""
        until = time.monotonic() + PATIENCE_S
        while not self.run(condition):
            assert time.monotonic() < until, f"never true: {condition}"
            time.sleep(0.05)

    def click(self, selector: str) -> None:
        """Press and release the mouse in the middle of an element, as a hand would."""
        element = f"document.querySelector({json.dumps(selector)})"
        self.run(f"{element}.scrollIntoView({{block: 'center'}})")
        box = self.run(
            f"(b => [b.x + b.width / 2, b.y + b.height / 2])({element}.getBoundingClientRect())"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.command(
                "Input.dispatchMouseEvent",
                type=kind,
                x=box[0],
                y=box[1],
                button="left",
                clickCount=1,
            )

    def screenshot(self, file: Path) -> None:
        """The whole page as PNG."""
        taken = self.command("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(taken["data"]))


@contextmanager
def opened(address: str, profile: Path, *, size: str = "1240,1300") -> Iterator[Page]:
    """A tab with a page; the test is skipped where no browser is installed.

    Args:
        address: to open.
        profile: empty folder for the browser's files.
        size: of the window, pixels.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(f"no browser is installed, looked for {', '.join(PROGRAMS)}")
    flags = [*FLAGS, f"--user-data-dir={profile}", f"--window-size={size}"]
    log = profile.with_suffix(".log")
    with log.open("wb") as file:
        browser = subprocess.Popen([program, *flags, "about:blank"], stdout=file, stderr=file)
    try:
        with connect(_tab(browser, profile), max_size=None) as socket:
            page = Page(socket)
            page.command("Page.enable")
            page.command("Page.navigate", url=address)
            yield page
    finally:
        browser.terminate()
        browser.wait(30)


def _tab(browser: subprocess.Popen[bytes], profile: Path) -> str:
    """The address of the first tab's websocket."""
    port_file = profile / "DevToolsActivePort"
    until = time.monotonic() + PATIENCE_S
    while not (port_file.is_file() and "\n" in port_file.read_text()):
        assert browser.poll() is None, profile.with_suffix(".log").read_text()
        assert time.monotonic() < until, "the browser did not start"
        time.sleep(0.05)
    port, path = port_file.read_text().split()
    with connect(f"ws://127.0.0.1:{port}{path}") as whole:
        whole.send(json.dumps({"id": 1, "method": "Target.getTargets"}))
        while (answer := json.loads(whole.recv(timeout=PATIENCE_S))).get("id") != 1:
            pass
    tabs = [t for t in answer["result"]["targetInfos"] if t["type"] == "page"]
    return f"ws://127.0.0.1:{port}/devtools/page/{tabs[0]['targetId']}"
