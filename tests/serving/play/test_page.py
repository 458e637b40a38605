"""In a real browser: a dial that is turned changes the picture."""

from __future__ import annotations

from pathlib import Path

from toys.browser import Page, opened
from toys.playing import CODES, VALUES, playing, toy_table

READY = "typeof about === 'object' && document.querySelector('#after').src && !document.body.classList.contains('busy')"
AFTER = "document.querySelector('#after').src"


def settled(page: Page) -> str:
    """What the decoder drew, once everything that was asked for is there."""
    page.wait_for(READY)
    drawn: str = page.run(AFTER)
    assert page.run("document.querySelector('#error').hidden"), page.run(
        "document.querySelector('#error').textContent"
    )
    return drawn


def test_dials_steps_and_transfer(tmp_path: Path) -> None:
    with (
        playing(toy_table(tmp_path), token="let me in") as port,  # noqa: S106
        opened(f"http://127.0.0.1:{port}/#let%20me%20in", tmp_path / "profile") as page,
    ):
        recorded = settled(page)
        assert page.run("document.querySelectorAll('.dial').length") == CODES
        code = page.run("state.now.codes[1]")
        page.click(f"#dial-1 [data-value='{(code + 1) % VALUES}']")
        turned = settled(page)
        assert turned != recorded
        assert page.run("state.now.codes[1]") == (code + 1) % VALUES
        page.click(f"#fan .thumb:nth-child({code + 1})")
        assert settled(page) == recorded
        page.click("#step")
        settled(page)
        assert page.run("document.querySelector('#before').src") == recorded
        assert page.run("document.querySelectorAll('#film .thumb').length") == 2
        page.click("#reset")
        assert settled(page) == recorded
        page.run("$('donor').value = 3; $('donor').onchange()")
        settled(page)
        page.click("#apply")
        settled(page)
        assert page.run("state.now.codes") == page.run("donor.pair.codes")


def test_without_codes_there_are_no_dials_and_transfer_works(tmp_path: Path) -> None:
    with (
        playing(toy_table(tmp_path, quantizer={"kind": "none"})) as port,
        opened(f"http://127.0.0.1:{port}/", tmp_path / "profile") as page,
    ):
        recorded = settled(page)
        assert page.run("$('dial-panel').hidden && !$('continuous').hidden")
        page.run("$('donor').value = 3; $('donor').onchange()")
        settled(page)
        page.click("#apply")
        assert settled(page) != recorded
        assert page.run("state.now.pair.scene") == 3
