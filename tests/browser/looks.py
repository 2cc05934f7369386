"""Looking at one page: does it fit, is it accessible, on a phone and at a desk, by day and by night."""

from collections.abc import Iterator
from importlib import resources

from playwright.sync_api import Page

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text()
CONTRAST = "color-contrast"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCHEMES = ("light", "dark")
SIZES = ({"width": 390, "height": 844}, {"width": 1280, "height": 900})


def troubles(page: Page) -> Iterator[str]:
    """What is wrong with the page that is open: all of it, so that one run tells everything."""
    before = page.viewport_size
    page.evaluate(AXE)
    for size in SIZES:
        page.set_viewport_size(size)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            yield f"{page.url} at {size['width']}: {over} px too wide"
        # All of it at once: what lies under the bar at the bottom only until one scrolls is not too small.
        page.set_viewport_size({**size, "height": page.evaluate("document.documentElement.scrollHeight")})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            # By night only the colours are others.
            rules = {"type": "tag", "values": STANDARD} if scheme == "light" else {"type": "rule", "values": [CONTRAST]}
            report = page.evaluate("options => axe.run(document, options)", {"runOnly": rules})
            for violation in report["violations"]:
                places = [node["target"] for node in violation["nodes"]][:3]
                yield f"{page.url} at {size['width']}, {scheme}: {violation['id']} {places}"
    page.set_viewport_size(before)
    page.emulate_media(color_scheme="light")
