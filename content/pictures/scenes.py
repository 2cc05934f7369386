"""The product's own covers: calm scenes without faces, painted once when a library of texts is loaded."""

import io
import math
from collections.abc import Callable

from django.core.files.base import ContentFile

from content.models.pictures import Picture
from content.pictures.painting import (
    BLUE,
    BRIDGE,
    DEEP,
    DUSK,
    GOLD,
    LEAF,
    LILAC,
    MIST,
    NIGHT,
    PAPER,
    PEACH,
    PLUM,
    SAND,
    SKY,
    WARM,
    Painting,
)  # fmt: skip
from content.pictures.scenes_of_learning import LEARNING


def school_gate() -> Painting:
    """Morning, a path to a school, two who stop and talk."""
    p = Painting(SAND, SKY)
    p.glow(930, 170, 62, PEACH)
    p.hill(470, 70, 2.2, 0.4, MIST)
    p.box(690, 300, 330, 190, PAPER, 8)
    p.shape([(670, 304), (855, 220), (1040, 304)], LEAF)
    for x in (730, 800, 930):
        p.box(x, 345, 44, 52, DUSK, 5)
    p.box(846, 400, 56, 90, BRIDGE, 6)
    p.hill(540, 60, 1.6, 2.2, LEAF, 0.55)
    p.shape([(846, 490), (902, 490), (640, 675), (300, 675)], PAPER, 0.9)
    p.tree(170, 560, 210, BRIDGE)
    p.tree(1110, 560, 150, LEAF)
    p.person(430, 610, 150, BRIDGE)
    p.person(530, 612, 104, WARM)
    return p


def after_the_storm() -> Painting:
    """A cloud passes, the sun comes through above a bridge."""
    p = Painting(DUSK, SAND)
    p.glow(820, 210, 80, GOLD)
    p.cloud(690, 190, 105, PAPER)
    p.cloud(330, 140, 120, "#8fb3c2", 0.9)
    for i, x in enumerate(range(230, 450, 44)):
        p.line([(x, 250 + i % 2 * 18), (x - 14, 292 + i % 2 * 18)], 7, BLUE, 0.6)
    p.hill(540, 60, 2.0, 0.0, MIST)
    p.arch(300, 900, 530, 190, 15, BRIDGE)
    p.person(545, 528, 84, WARM)
    p.person(640, 528, 118, DEEP)
    p.hill(650, 70, 2.6, 1.4, BRIDGE, 0.35)
    return p


def quiet_night() -> Painting:
    """A house with one warm window, a moon, few stars."""
    p = Painting(NIGHT, "#4f8396")
    p.circle(240, 160, 62, SAND)
    p.circle(270, 144, 56, "#295668")
    for x, y, r in (
        (430, 90, 4),
        (560, 190, 3),
        (700, 80, 5),
        (840, 150, 3),
        (980, 90, 4),
        (1090, 210, 3),
        (120, 300, 3),
    ):
        p.circle(x, y, r, SAND, 0.9)
    p.hill(520, 90, 1.7, 2.6, "#3a7183")
    p.house(660, 520, 220, "#cfe0e2", DEEP, GOLD)
    p.circle(724, 428, 90, GOLD, 0.16)
    p.tree(540, 525, 170, BRIDGE)
    p.tree(1010, 535, 130, DEEP)
    p.hill(640, 80, 2.1, 0.6, DEEP)
    return p


def two_on_a_bench() -> Painting:
    """Two of the same size with a distance between them, and a ball that may bring them together."""
    p = Painting(SKY, PAPER)
    p.glow(210, 170, 60, PEACH)
    p.cloud(850, 140, 78, PAPER)
    p.hill(470, 80, 1.8, 1.0, MIST)
    p.tree(930, 520, 320, LEAF)
    p.hill(560, 50, 1.3, 2.8, LEAF, 0.6)
    p.box(330, 486, 480, 20, WARM, 10)
    for x in (370, 760):
        p.box(x, 500, 18, 74, WARM, 6, 0.85)
    p.person(430, 488, 134, BRIDGE)
    p.person(700, 488, 134, PLUM)
    p.circle(566, 598, 30, GOLD)
    p.line([(540, 598), (592, 598)], 5, WARM)
    return p


def lamp_in_the_window() -> Painting:
    """One place is empty; the others sit closer, and a plant grows on."""
    p = Painting(LILAC, SAND)
    p.box(360, 90, 480, 330, PAPER, 14)
    p.box(380, 110, 440, 290, DUSK, 8)
    p.glow(690, 200, 46, SAND)
    p.hill(560, 1, 1, 0, PAPER, 0.0)
    p.shape([(380, 400), (380, 330), (500, 290), (640, 340), (820, 280), (820, 400)], LEAF, 0.7)
    p.line([(600, 110), (600, 400)], 12, PAPER)
    p.box(0, 520, 1200, 155, "#e9cfb4", 0)
    p.person(300, 560, 170, PLUM)
    p.person(405, 560, 120, WARM)
    p.box(900, 470, 96, 84, WARM, 14)
    p.line([(948, 470), (948, 380)], 9, BRIDGE)
    for dx, dy in ((-34, -10), (34, -28), (0, -60)):
        p.circle(948 + dx, 400 + dy, 26, LEAF)
    return p


def screens_down() -> Painting:
    """A telephone lies face down on the table; outside there are kites."""
    p = Painting(SKY, SAND)
    p.hill(430, 70, 2.0, 1.0, MIST)
    p.hill(500, 50, 1.5, 2.4, LEAF, 0.6)
    for x, y, s, colour, hand in ((360, 150, 46, WARM, 418), (640, 110, 34, PLUM, 512)):
        p.line([(x, y + s), (hand, 420)], 3, DEEP, 0.5)
        p.shape([(x, y - s * 1.3), (x + s, y), (x, y + s * 1.3), (x - s, y)], colour)
    p.person(410, 490, 120, BRIDGE)
    p.person(510, 492, 86, WARM)
    p.box(0, 540, 1200, 135, "#dcb891", 0)
    p.box(0, 540, 1200, 14, "#c99f73", 0)
    p.shape([(800, 640), (900, 566), (976, 600), (880, 664)], NIGHT)
    p.circle(905, 588, 9, DUSK)
    p.circle(1080, 590, 42, PAPER)
    p.circle(1080, 590, 28, BRIDGE, 0.55)
    return p


def light_in_the_dark() -> Painting:
    """Two on a bridge at dawn; a line of lamps leads to the shore."""
    p = Painting("#3d6f80", PEACH)
    p.glow(600, 430, 86, SAND, 0.3)
    p.hill(470, 60, 2.4, 0.2, "#7fb0b3", 0.8)
    p.arch(190, 1010, 500, 220, 16, DEEP)
    for x in range(250, 1000, 107):
        p.circle(x, 470, 18, GOLD, 0.35)
        p.circle(x, 470, 9, SAND)
    p.person(560, 498, 92, WARM)
    p.person(645, 498, 128, DEEP)
    p.box(0, 545, 1200, 130, BRIDGE, 0, 0.8)
    for x, y, w in ((420, 585, 160), (700, 610, 210), (240, 635, 130), (880, 575, 90)):
        p.line([(x, y), (x + w, y)], 5, SAND, 0.5)
    return p


def new_road() -> Painting:
    """A road over hills with signs of two places, a child with a bag beside a grown-up."""
    p = Painting(SKY, SAND)
    p.glow(600, 190, 64, GOLD)
    p.hill(410, 110, 2.1, 0.9, DUSK)
    p.hill(470, 90, 1.6, 2.9, MIST)
    p.house(150, 470, 110, PAPER, BLUE, GOLD)
    p.house(960, 440, 130, PAPER, WARM, GOLD)
    p.hill(590, 90, 1.2, 1.2, LEAF, 0.7)
    p.shape([(560, 510), (640, 510), (960, 675), (420, 675)], PAPER, 0.95)
    for y, w in ((540, 6), (580, 9), (628, 13)):
        p.line([(606 + (y - 510) * 0.35, y), (612 + (y - 510) * 0.42, y + w * 2)], w * 0.7, GOLD)
    p.person(500, 625, 150, BLUE)
    p.person(400, 628, 108, WARM)
    p.box(340, 560, 40, 50, DEEP, 10)
    return p


def shelter() -> Painting:
    """An umbrella large enough for three."""
    p = Painting(DUSK, SKY)
    p.cloud(250, 120, 90, PAPER, 0.8)
    p.cloud(930, 140, 105, PAPER, 0.8)
    for i, x in enumerate(range(60, 1180, 74)):
        if not 330 < x < 880:
            p.line([(x, 260 + i % 3 * 60), (x - 16, 310 + i % 3 * 60)], 6, BLUE, 0.45)
    p.hill(590, 46, 1.8, 0.6, LEAF, 0.7)
    canopy = [(300 + i * 6, 350 - 190 * (1 - ((i - 50) / 50) ** 2)) for i in range(101)]
    hem = [(900 - i * 2, 350 - 26 * math.sin(i % 60 / 60 * math.pi)) for i in range(301)]
    p.shape([*canopy, *hem], BRIDGE)
    p.line([(600, 180), (600, 470)], 10, DEEP)
    p.person(500, 600, 190, DEEP)
    p.person(612, 604, 120, WARM)
    p.person(715, 602, 140, PLUM)
    return p


def feelings_in_a_jar() -> Painting:
    """Coloured balloons, each another mood, all held by one hand's strings."""
    p = Painting(PAPER, SKY)
    p.hill(560, 60, 1.9, 0.3, MIST)
    balloons = (
        (430, 210, 62, WARM),
        (560, 140, 70, GOLD),
        (700, 190, 66, BRIDGE),
        (820, 270, 54, PLUM),
        (330, 310, 50, BLUE),
    )
    for x, y, r, colour in balloons:
        p.line([(x, y + r), (622, 520)], 4, DEEP, 0.5)
        p.circle(x, y, r, colour, 0.92)
        p.circle(x - r * 0.3, y - r * 0.35, r * 0.2, PAPER, 0.6)
    p.hill(640, 60, 1.4, 2.0, LEAF, 0.7)
    p.person(600, 600, 140, DEEP)
    p.person(730, 606, 190, BRIDGE)
    return p


SCENES: dict[str, Callable[[], Painting]] = {
    scene.__name__: scene
    for scene in (
        school_gate, after_the_storm, quiet_night, two_on_a_bench, lamp_in_the_window,
        screens_down, light_in_the_dark, new_road, shelter, feelings_in_a_jar, *LEARNING,
    )
}  # fmt: skip


def painted_picture(*, scene: str, title: str, description: str) -> Picture:
    """The picture of this scene in the library; painted when it is not there yet."""
    existing = Picture.objects.filter(title=title).first()
    if existing is not None:
        return existing
    out = io.BytesIO()
    SCENES[scene]().finished().save(out, format="PNG", optimize=True)
    picture = Picture(title=title, description=description, credit="心桥自绘")
    picture.file.save(f"{scene.replace('_', '-')}.png", ContentFile(out.getvalue()), save=False)
    picture.file_size = picture.file.size
    picture.save()
    return picture
