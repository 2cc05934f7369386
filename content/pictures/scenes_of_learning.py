"""More covers: a desk and its lamp, a small hill with a flag, a circle of one's own."""

from content.pictures.painting import (
    BRIDGE,
    DEEP,
    DUSK,
    GOLD,
    LEAF,
    LILAC,
    MIST,
    PAPER,
    PEACH,
    PLUM,
    SAND,
    SKY,
    WARM,
    Painting,
)  # fmt: skip


def desk_lamp() -> Painting:
    """A desk with a lamp, a clock and an open book; a grown-up sits at the side, not behind."""
    p = Painting(SAND, PAPER)
    p.box(120, 90, 300, 220, DUSK, 10)
    p.glow(330, 160, 34, PAPER)
    p.line([(270, 90), (270, 310)], 8, PAPER)
    p.circle(960, 160, 66, PAPER)
    p.circle(960, 160, 58, MIST)
    p.line([(960, 160), (960, 118)], 6, DEEP)
    p.line([(960, 160), (990, 172)], 6, DEEP)
    p.shape([(560, 300), (700, 300), (860, 500), (400, 500)], GOLD, 0.3)
    p.person(520, 540, 170, WARM)
    p.person(800, 540, 230, BRIDGE)
    p.box(0, 500, 1200, 175, "#dcb891", 0)
    p.box(0, 500, 1200, 14, "#c99f73", 0)
    p.line([(300, 500), (300, 330), (400, 280)], 12, DEEP)
    p.shape([(372, 250), (470, 292), (440, 336), (350, 300)], BRIDGE)
    p.shape([(470, 560), (590, 540), (590, 610), (470, 630)], PAPER)
    p.shape([(590, 540), (710, 560), (710, 630), (590, 610)], "#f4f1ea")
    return p


def flag_on_the_hill() -> Painting:
    """A path in steps up a gentle hill; a child with a grown-up half-way, a flag on top."""
    p = Painting(SKY, SAND)
    p.glow(240, 160, 58, PEACH)
    p.cloud(520, 140, 70, PAPER)
    p.hill(520, 60, 2.0, 2.2, MIST)
    p.shape([(320, 675), (820, 250), (960, 250), (1200, 480), (1200, 675)], LEAF, 0.75)
    p.shape([(120, 675), (520, 420), (700, 420), (1200, 640), (1200, 675)], BRIDGE, 0.45)
    for x, y in ((470, 610), (560, 555), (640, 500), (715, 440), (780, 380), (840, 320)):
        p.box(x, y, 62, 14, PAPER, 7)
    p.line([(890, 252), (890, 120)], 9, DEEP)
    p.shape([(894, 122), (990, 152), (894, 184)], WARM)
    p.person(610, 500, 96, WARM)
    p.person(540, 552, 140, DEEP)
    p.tree(1080, 470, 150, BRIDGE)
    return p


def circle_of_ones_own() -> Painting:
    """A child inside of a wide soft circle, grown-ups who keep the distance and watch over it."""
    p = Painting(LILAC, SAND)
    p.hill(560, 50, 1.6, 0.8, "#ead9c6")
    for radius, opacity in ((250, 0.35), (205, 0.55), (160, 0.9)):
        p.circle(600, 400, radius, PAPER, opacity)
    p.person(600, 500, 170, WARM)
    p.person(250, 590, 230, BRIDGE)
    p.person(950, 590, 230, PLUM)
    for x, y, colour in ((430, 150, GOLD), (600, 96, LEAF), (770, 150, PEACH)):
        p.circle(x, y, 22, colour)
    return p


LEARNING = (desk_lamp, flag_on_the_hill, circle_of_ones_own)
