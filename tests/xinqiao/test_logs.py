"""What an exception says never reaches a log: PostgreSQL quotes the row that it refuses."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog
from django.db import DatabaseError, transaction

from tests.factories.school import SchoolFactory, StudentFactory

pytestmark = pytest.mark.django_db
SECRET = "S-CANARY-7731"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the product's own formatter writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    formatters = [each.formatter for each in logging.getLogger().handlers]
    handler.setFormatter(next(each for each in formatters if isinstance(each, structlog.stdlib.ProcessorFormatter)))
    names = ["django.request", "celery.app.trace", "xinqiao.test"]
    for name in names:
        logging.getLogger(name).addHandler(handler)
    yield stream
    for name in names:
        logging.getLogger(name).removeHandler(handler)


def a_refused_row() -> DatabaseError:
    school = SchoolFactory()
    StudentFactory(school=school, number=SECRET)
    with pytest.raises(DatabaseError, match=SECRET) as refused, transaction.atomic():
        StudentFactory(school=school, number=SECRET)
    return refused.value


def test_an_error_of_a_page_is_logged_by_its_kind_and_place(written):
    error = a_refused_row()
    logging.getLogger("django.request").error(
        "Internal Server Error: %s", "/cases/", exc_info=(type(error), error, error.__traceback__)
    )
    log = written.getvalue()
    assert "IntegrityError" in log
    assert "UniqueViolation" in log
    assert "/cases/" in log
    assert SECRET not in log


def test_an_error_of_a_job_is_logged_without_its_arguments(written):
    error = a_refused_row()
    data = {
        "name": "tasks.deliver",
        "id": "1-2",
        "exc": repr(error),
        "args": SECRET,
        "description": "raised unexpected",
    }
    logging.getLogger("celery.app.trace").error(
        "Task %(name)s[%(id)s] %(description)s: %(exc)s %(args)s",
        data,
        exc_info=(type(error), error, error.__traceback__),
        extra={"data": data},
    )
    assert "Task tasks.deliver[1-2] raised unexpected" in written.getvalue()
    assert SECRET not in written.getvalue()


def test_our_own_loggers_write_no_words_of_exceptions_either(written):
    try:
        raise ValueError(SECRET)
    except ValueError:
        structlog.get_logger("xinqiao.test").exception("probe.failed", number=1)
        structlog.get_logger("xinqiao.test").error("probe.again", exc_info=sys.exc_info())
    assert written.getvalue().count("ValueError") == 2
    assert SECRET not in written.getvalue()
