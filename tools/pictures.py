"""The README's pictures, taken from the running product with its demo school: `make pictures`.

The product runs in a folder of its own, so that nothing of a `make run` beside it is seen or changed.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
PASSWORD = "xinqiao-demo"  # noqa: S105 - the demo's, printed for everybody
MOST_BYTES = 200_000
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
_START_SECONDS = 240
# Where in the class, the domain, the sign and how often: four children of forty-five, one of them in need of help today.
_SIGNS = ((4, "e", 0, 3), (4, "c", 0, 2), (11, "e", 4, 1), (20, "s", 0, 2), (33, "s", 1, 2), (33, "v", 1, 2))


@contextmanager
def product() -> Iterator[str]:
    """The demo school in a folder of its own; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="xinqiao-pictures-") as var:
        environment = {**os.environ, "XINQIAO_VAR": var, "PORT": str(port)}
        serving = subprocess.Popen(
            [sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, serving)
            yield address
        finally:
            serving.terminate()
            serving.wait()


def _wait(address: str, serving: subprocess.Popen) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if serving.poll() is not None:
            sys.exit("The product did not start: see what `make run` says.")
        with suppress(OSError), urllib.request.urlopen(f"{address}/health/ready/", timeout=2) as page:  # noqa: S310 - our own
            if page.status == 200:
                return
        time.sleep(0.5)
    sys.exit(f"The product has not answered in {_START_SECONDS} seconds.")


def visit(browser: Browser, address: str, user: str | None, size: dict[str, int]) -> Page:
    """A page of this person's own browser, logged in."""
    # The sharpness of a phone's screen; a desk's picture is wide enough as it is.
    context = browser.new_context(
        base_url=address,
        locale="zh-CN",
        viewport=size,
        device_scale_factor=2 if size is PHONE else 1,
        has_touch=size is PHONE,
        reduced_motion="reduce",
    )
    page = context.new_page()
    if user:
        page.goto("/accounts/login/?next=/")
        page.fill("input[name=login]", user)
        page.fill("input[name=password]", PASSWORD)
        page.click("main form button[type=submit]")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
    return page


def keep(page: Page, name: str) -> None:
    """What the screen shows, as a small PNG."""
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (256, 128, 64, 32):
        kept = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
        if kept.tell() <= MOST_BYTES:
            break
    path = FOLDER / f"{name}.png"
    path.write_bytes(kept.getvalue())
    print(f"{path.relative_to(ROOT)}: {picture.width} x {picture.height}, {kept.tell() // 1000} KB")


def mark(page: Page) -> None:
    """The homeroom teacher marks what was seen of four children."""
    page.goto("/screening/")
    page.locator("main a[href*='/classes/']").first.click()
    domains = {"e": "emotion", "b": "behaviour", "c": "cognition", "s": "social", "v": "events"}
    for seat, domain, sign, often in _SIGNS:
        row = page.locator(".child").nth(seat)
        cell = row.locator(f".cell[data-domain={domains[domain]}]")
        (cell if cell.count() else row.locator(".cell").nth("ebcsv".index(domain))).tap()
        choice = page.locator(".signs .sign:visible").nth(sign)
        choice.locator("label").first.tap()
        choice.locator(f"label:has(input[type=radio][value='{often}'])").tap()
        page.locator("[data-done]:visible").first.tap()
    page.wait_for_timeout(1_500)  # until it says that all is saved


def submit(page: Page) -> None:
    """The others are confirmed, and the class is sent."""
    page.locator("[data-rest]").tap()
    with page.expect_navigation():
        page.locator("#rest-dialog button.primary").tap()
    page.locator("[data-submit]").tap()
    with page.expect_navigation():
        page.locator("#submit-dialog button.primary").tap()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with product() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"]
        )
        home = visit(browser, address, None, DESK)
        home.goto("/")
        keep(home, "home")
        phone = visit(browser, address, "homeroom", PHONE)
        mark(phone)
        phone.locator(".child").nth(4).scroll_into_view_if_needed()
        phone.evaluate("window.scrollTo(0, 0)")
        keep(phone, "class-form")
        submit(phone)
        desk = visit(browser, address, "counselor", DESK)
        desk.goto("/workspace/")
        keep(desk, "workspace")
        browser.close()


if __name__ == "__main__":
    main()
