"""Draw `docs/figures/three_stages.svg`: what each stage reads, learns and hands on.

python docs/made_by/draw_three_stages.py
"""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

OUT = Path(__file__).parents[1] / "figures/three_stages.svg"
WIDTH, HEIGHT, BOX, GAP = 940, 322, 280, 50
FONT = "font-family='system-ui, sans-serif'"
STAGES = (
    (
        "1  LAQ",
        "#0072B2",
        "video, no actions",
        (
            "frame t, frame t+H",
            "encoder, quantiser",
            "frame t+H redrawn from",
            "frame t and the codes",
        ),
        "4 codes of 8 a pair",
    ),
    (
        "2  Foundation",
        "#009E73",
        "the same video, labelled",
        ("frame t + instruction", "vision-language model", "which codes come next?"),
        "a pretrained backbone",
    ),
    (
        "3  Finetune",
        "#D55E00",
        "25 robot episodes",
        ("frame t + instruction (+ state)", "backbone, action head", "real actions, closed loop"),
        "success rate, with controls",
    ),
)
"""Name, colour, what goes in, what happens, what comes out."""


def text(
    x: float, y: float, words: str, *, size: int = 14, color: str = "#222", bold: bool = False
) -> str:
    """Centred words."""
    weight = " font-weight='600'" if bold else ""
    return (
        f"<text x='{x:g}' y='{y:g}' text-anchor='middle' font-size='{size}' fill='{color}'{weight} {FONT}>"
        f"{escape(words)}</text>"
    )


def arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """A line with a head."""
    return (
        f"<line x1='{x1:g}' y1='{y1:g}' x2='{x2:g}' y2='{y2:g}' stroke='#555' stroke-width='2' "
        "marker-end='url(#head)'/>"
    )


def stage(number: int) -> list[str]:
    """One box with its lines, what goes in above and what comes out below."""
    name, color, source, lines, result = STAGES[number]
    left = GAP / 2 - 10 + number * (BOX + GAP - 20)
    middle = left + BOX / 2
    drawn = [
        text(middle, 24, source, color="#555"),
        arrow(middle, 34, middle, 60),
        f"<rect x='{left:g}' y='66' width='{BOX}' height='166' rx='10' fill='#fff' stroke='{color}' stroke-width='2'/>",
        f"<rect x='{left:g}' y='66' width='{BOX}' height='36' rx='10' fill='{color}'/>",
        text(middle, 90, name, size=17, color="#fff", bold=True),
        *(text(middle, 130 + 27 * row, line) for row, line in enumerate(lines)),
        arrow(middle, 236, middle, 262),
        text(middle, 284, result, bold=True, color=color),
    ]
    if number + 1 < len(STAGES):
        drawn.append(arrow(left + BOX + 4, 150, left + BOX + GAP - 27, 150))
    return drawn


def main() -> None:
    """Write the picture."""
    head = (
        "<defs><marker id='head' viewBox='0 0 10 10' refX='8' refY='5' markerWidth='7' markerHeight='7' orient='auto'>"
        "<path d='M0 0L10 5L0 10z' fill='#555'/></marker></defs>"
    )
    title = "<title>Three stages: LAQ names what changes between frames, the foundation model predicts those codes, few labels turn it into a policy</title>"
    caption = text(
        WIDTH / 2,
        312,
        "each stage has a control: untrained LAQ, shuffled codes, no pretraining, true actions",
        size=13,
        color="#555",
    )
    background = f"<rect width='{WIDTH}' height='{HEIGHT}' fill='#fff'/>"
    lines = [line for number in range(len(STAGES)) for line in stage(number)]
    OUT.write_text(
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' height='{HEIGHT}'>"
        + "\n".join([title, head, background, *lines, caption])
        + "</svg>\n"
    )


if __name__ == "__main__":
    main()
