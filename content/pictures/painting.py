"""A small set of shapes in the product's colours, from which its own illustrations are composed."""

import math
from collections.abc import Iterable

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1200, 675
SCALE = 2  # painted larger and brought down, for soft edges

PAPER, SKY, MIST = "#fbfaf7", "#e2f1ef", "#cfe6e3"
BRIDGE, LEAF, DEEP = "#0f6b6b", "#5da3a0", "#0b4f52"
WARM, PEACH, SAND = "#b4541a", "#f3c19b", "#fdeee2"
BLUE, DUSK, NIGHT = "#2b6f8a", "#b9d5e1", "#1f4a5c"
PLUM, LILAC, GOLD = "#7a2e68", "#e6cfe0", "#f0cf86"

Point = tuple[float, float]


class Painting:
    """A canvas in units of 1200 x 675. Later shapes lie above earlier ones."""

    def __init__(self, top: str, bottom: str) -> None:
        column = Image.new("RGB", (1, HEIGHT * SCALE))
        upper, lower = _rgb(top), _rgb(bottom)
        for y in range(HEIGHT * SCALE):
            share = y / (HEIGHT * SCALE - 1)
            column.putpixel((0, y), tuple(round(a + (b - a) * share) for a, b in zip(upper, lower, strict=True)))
        self.image = column.resize((WIDTH * SCALE, HEIGHT * SCALE))

    def _layer(self, draw_it, colour: str, opacity: float) -> None:
        mask = Image.new("L", self.image.size, 0)
        draw_it(ImageDraw.Draw(mask), round(255 * opacity))
        if box := mask.getbbox():
            self.image.paste(_rgb(colour), box, mask.crop(box))

    def circle(self, x: float, y: float, radius: float, colour: str, opacity: float = 1.0) -> None:
        box = _scaled([(x - radius, y - radius), (x + radius, y + radius)])
        self._layer(lambda pen, ink: pen.ellipse(box, fill=ink), colour, opacity)

    def glow(self, x: float, y: float, radius: float, colour: str, opacity: float = 0.25) -> None:
        """A disc in three rings that fade outward."""
        for share in (2.1, 1.6, 1.25):
            self.circle(x, y, radius * share, colour, opacity * 0.5)
        self.circle(x, y, radius, colour)

    def shape(self, points: Iterable[Point], colour: str, opacity: float = 1.0) -> None:
        scaled = _scaled(points)
        self._layer(lambda pen, ink: pen.polygon(scaled, fill=ink), colour, opacity)

    def line(self, points: Iterable[Point], width: float, colour: str, opacity: float = 1.0) -> None:
        """A stroke with round ends."""
        scaled = _scaled(points)
        radius = width * SCALE / 2

        def stroke(pen: ImageDraw.ImageDraw, ink: int) -> None:
            pen.line(scaled, fill=ink, width=round(width * SCALE), joint="curve")
            for x, y in (scaled[0], scaled[-1]):
                pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=ink)

        self._layer(stroke, colour, opacity)

    def box(self, x: float, y: float, w: float, h: float, colour: str, radius: float = 0, opacity: float = 1.0) -> None:
        corners = _scaled([(x, y), (x + w, y + h)])
        self._layer(
            lambda pen, ink: pen.rounded_rectangle([*corners[0], *corners[1]], radius * SCALE, fill=ink),
            colour,
            opacity,
        )

    def hill(self, base: float, height: float, waves: float, shift: float, colour: str, opacity: float = 1.0) -> None:
        """Rolling ground from edge to edge."""
        top = [
            (x, base - height * (0.5 + 0.5 * math.sin(x / WIDTH * waves * math.pi + shift)))
            for x in range(0, WIDTH + 10, 10)
        ]
        self.shape([(0, HEIGHT), *top, (WIDTH, HEIGHT)], colour, opacity)

    def arch(self, x1: float, x2: float, base: float, rise: float, width: float, colour: str) -> None:
        """The bridge: an arch, its deck and its hangers."""
        middle, half = (x1 + x2) / 2, (x2 - x1) / 2
        steps = [x1 + (x2 - x1) * i / 60 for i in range(61)]

        def curve(x: float) -> float:
            return base - rise * (1 - ((x - middle) / half) ** 2)

        for i in range(1, 8):
            x = x1 + (x2 - x1) * i / 8
            self.line([(x, curve(x)), (x, base)], width * 0.45, colour, 0.55)
        self.line([(x, curve(x)) for x in steps], width, colour)
        self.line([(x1 - 30, base), (x2 + 30, base)], width, colour)

    def person(self, x: float, feet: float, height: float, colour: str, opacity: float = 1.0) -> None:
        """A round head above a bell: nobody in particular."""
        head = height * 0.2
        self.circle(x, feet - height + head, head, colour, opacity)
        top, half = feet - height * 0.56, height * 0.27
        dome = [(x - half * math.cos(a), top + half * 1.1 - half * 1.1 * math.sin(a)) for a in _arc(0, math.pi, 24)]
        self.shape([(x - half * 1.12, feet), *dome, (x + half * 1.12, feet)], colour, opacity)

    def tree(self, x: float, base: float, height: float, colour: str, trunk: str = DEEP) -> None:
        self.line([(x, base), (x, base - height * 0.6)], height * 0.07, trunk)
        self.circle(x, base - height * 0.72, height * 0.3, colour)
        self.circle(x - height * 0.18, base - height * 0.55, height * 0.19, colour)
        self.circle(x + height * 0.19, base - height * 0.54, height * 0.18, colour)

    def cloud(self, x: float, y: float, size: float, colour: str, opacity: float = 0.9) -> None:
        def puff(pen: ImageDraw.ImageDraw, ink: int) -> None:
            for dx, dy, radius in ((-0.9, 0.1, 0.45), (-0.35, -0.2, 0.6), (0.3, -0.1, 0.55), (0.85, 0.15, 0.4)):
                box = _scaled([(x + (dx - radius) * size, y + (dy - radius) * size)])
                box += _scaled([(x + (dx + radius) * size, y + (dy + radius) * size)])
                pen.ellipse([*box[0], *box[1]], fill=ink)

        self._layer(puff, colour, opacity)

    def house(self, x: float, base: float, width: float, wall: str, roof: str, window: str) -> None:
        height = width * 0.72
        self.box(x, base - height, width, height, wall, 6)
        self.shape(
            [(x - width * 0.1, base - height), (x + width / 2, base - height * 1.75), (x + width * 1.1, base - height)],
            roof,
        )
        pane = width * 0.26
        self.box(x + width * 0.16, base - height * 0.72, pane, pane, window, 5)
        self.box(x + width * 0.58, base - height * 0.62, width * 0.24, height * 0.62, roof, 5)

    def finished(self) -> Image.Image:
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _arc(start: float, end: float, steps: int) -> list[float]:
    return [start + (end - start) * i / steps for i in range(steps + 1)]


def _scaled(points: Iterable[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]


def _rgb(colour: str) -> tuple[int, int, int]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
