"""What every test has: engines of the suite's own, and a database cloned from a template that was migrated once."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from tests import databases
from xinqiao.engines import embedded

_engines = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Join the engines for as long as this process lives; with xdist every worker joins the same ones."""
    if embedded.given_by_environment():
        return
    engines = embedded.Engines(settings.VAR)
    engines.join()
    config.stash[_engines] = engines


def pytest_unconfigure(config: pytest.Config) -> None:
    if _engines in config.stash:
        config.stash[_engines].leave()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:
    """One database a worker, a clone of the migrated template."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with django_db_blocker.unblock():
        databases.clone(databases.schema_template(), name)
        databases.use(name)
    yield
    with django_db_blocker.unblock():
        connection.close()
        databases.drop(name)


@pytest.fixture
def committed_db(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A database of this test's own where commits are real, for what two connections or processes see."""
    before = connection.settings_dict["NAME"]
    name = f"committed_{os.getpid()}"
    with django_db_blocker.unblock():
        databases.clone(databases.schema_template(), name)
        databases.use(name)
        yield name
        databases.use(before)
        databases.drop(name)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Counters of one test must not refuse the next."""
    cache.clear()


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser walks share one server and fault tests one set of engines: each kind stays on one worker."""
    for item in items:
        for kind in ("browser", "faults"):
            if item.get_closest_marker(kind):
                item.add_marker(pytest.mark.xdist_group(kind))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """In CI nothing is passed over: a skipped test is a failed one, unless it asks for what a machine need not have."""
    report = yield
    passed_over = report.skipped and not hasattr(report, "wasxfail")
    if os.environ.get("CI") and passed_over and not item.get_closest_marker("machine"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
