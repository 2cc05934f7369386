"""One real server with the demo school for all browser walks: web, worker, mailbox, and Debian's Chromium."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import redis
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests import databases

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PASSWORD = "xinqiao-demo"


@dataclass
class Live:
    """The running product."""

    url: str
    mail_folder: Path
    environment: dict[str, str]

    def mails(self) -> list[EmailMessage]:
        """What has been sent, oldest first."""
        files = sorted(self.mail_folder.glob("*.eml"), key=lambda path: path.stat().st_mtime)
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]

    def mails_to(self, to: str, words: str) -> list[EmailMessage]:
        """Those to this address with these words in their subject."""
        return [mail for mail in self.mails() if to in mail["To"] and words in mail["Subject"]]

    def wait_for_mail(self, to: str, words: str, *, after: int = 0, seconds: float = 30) -> EmailMessage:
        """The newest mail to this address with these words, once there are more than `after` of them."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = self.mails_to(to, words)
            if len(found) > after:
                return found[-1]
            time.sleep(0.2)
        raise AssertionError(f"no mail to {to} with {words!r}; there are {[m['Subject'] for m in self.mails()]}")

    def when_the_clock_strikes(self, entry: str) -> None:
        """Send what beat sends for this entry of the schedule, and wait until the worker has done it."""
        task = settings.CELERY_BEAT_SCHEDULE[entry]["task"]
        self._run("-m", "celery", "-A", "xinqiao", "call", task)
        self.wait_until_idle()

    def wait_until_idle(self, seconds: float = 30) -> None:
        """Until nothing waits for the worker and nothing is in its hands."""
        queue = redis.Redis.from_url(self.environment.get("REDIS_URL") or settings.REDIS_URL)
        until = time.monotonic() + seconds
        while queue.llen(settings.CELERY_TASK_DEFAULT_QUEUE) or queue.hlen("unacked"):
            assert time.monotonic() < until, "the worker does not come to an end"
            time.sleep(0.1)

    def command(self, *arguments: str) -> str:
        """Run a management command against the same database."""
        return self._run("manage.py", *arguments)

    def _run(self, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_it_answers(url: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the web server has ended"
        with suppress(OSError), urllib.request.urlopen(f"{url}/health/live/", timeout=2):
            return
        time.sleep(0.2)
    raise AssertionError("the web server does not answer")


@pytest.fixture(scope="session")
def live(django_db_setup, django_db_blocker) -> Iterator[Live]:
    name = f"live_{os.getpid()}"
    with django_db_blocker.unblock():
        databases.clone(databases.demo_template(), name)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    mail_folder = Path(settings.VAR) / "mail"
    shutil.rmtree(mail_folder, ignore_errors=True)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "xinqiao.settings.demo",
        "DATABASE_URL": databases.server_url(name),
        "XINQIAO_VAR": str(settings.VAR),
        "PORT": str(port),
        "BASE_URL": url,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "site"), str(ROOT)]),
    }
    run = {"cwd": ROOT, "env": environment, "start_new_session": True}
    binaries = Path(sys.executable).parent
    processes = [
        subprocess.Popen(
            [binaries / "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws",
             "--workers", "1", "--blocking-threads", "4", "xinqiao.wsgi:application"], **run),
        subprocess.Popen(
            [binaries / "celery", "-A", "xinqiao", "worker", "-c", "1", "-l", "warning", "--without-mingle",
             "--without-gossip"], **run),
    ]  # fmt: skip
    try:
        _wait_until_it_answers(url, processes[0])
        yield Live(url=url, mail_folder=mail_folder, environment=environment)
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        with django_db_blocker.unblock():
            databases.drop(name)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "Chromium is missing: tools/prepare test installs it"
    # Playwright's loop runs in this thread; Django would take it for an async context.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


class Visitors:
    """Each with a browser of their own; what their pages complain of is kept."""

    def __init__(self, live: Live, chromium: Browser) -> None:
        self.live, self.chromium = live, chromium
        self.contexts: list[BrowserContext] = []
        self.pages: list[Page] = []
        self.complaints: list[str] = []

    def open(self, login: str | None, *, phone: bool = False, dark: bool = False, **options: object) -> Page:
        """`open("teacher", phone=True)` gives that user's page, logged in; `open(None)` an anonymous one."""
        context = self.chromium.new_context(
            base_url=self.live.url,
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            is_mobile=phone,
            locale="zh-CN",
            color_scheme="dark" if dark else "light",
            **options,
        )
        context.set_default_timeout(15_000)
        context.on("page", self._listen)
        self.contexts.append(context)
        page = context.new_page()
        if login:
            log_in(page, login)
        return page

    def _listen(self, page: Page) -> None:
        self.pages.append(page)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._heard(page, said))

    def _heard(self, page: Page, said: ConsoleMessage) -> None:
        # Answers such as 403 and 409 are part of some walks; the walk itself looks at them.
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self.complaints.append(f"{page.url}: {said.text}")

    def complain(self) -> None:
        assert not self.complaints, "\n".join(self.complaints)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


@pytest.fixture
def visit(live: Live, chromium: Browser, request: pytest.FixtureRequest) -> Iterator:
    """`visit("teacher", phone=True)`; a page that has an error of its own, or breaks its own policy, fails the test."""
    visitors = Visitors(live, chromium)
    yield visitors.open
    if request.node.stash.get(_failed, False):
        folder = Path(settings.VAR) / "browser"
        folder.mkdir(exist_ok=True)
        for number, page in enumerate(visitors.pages):
            with suppress(PlaywrightError):
                page.screenshot(path=folder / f"{request.node.name}-{number}.png", full_page=True)
    visitors.close()
    visitors.complain()


def log_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """Fill the login page as a person does."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
