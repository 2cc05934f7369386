"""Reports of what a page's policy forbade: of each the rule and the page are kept, and nothing that a stranger can fill in.

The headers themselves are held against every address and everybody by the matrix (`tests/access`, with `headers` here).
"""

import json

import pytest
from django.core.cache import cache

pytestmark = pytest.mark.django_db


def report(client, body: object, kind: str = "application/csp-report"):
    return client.post("/csp-reports/", body if isinstance(body, bytes) else json.dumps(body), content_type=kind)


@pytest.fixture
def logged(client, caplog):
    """What the log holds after these reports."""

    def after(*bodies: object) -> str:
        with caplog.at_level("WARNING"):
            for body in bodies:
                assert report(client, body).status_code == 204
        return " ".join(str(record.msg) for record in caplog.records)

    return after


CANARY = {
    "document-uri": "https://x.example/cases/2710bf37-45db-4893-b3a8-9438b1da6bb7/?who=CANARY-QUERY#CANARY-FRAGMENT",
    "referrer": "https://x.example/?CANARY-REFERRER",
    "blocked-uri": "https://evil.example/CANARY-BLOCKED",
    "script-sample": "CANARY-SAMPLE",
    "source-file": "CANARY-SOURCE",
    "violated-directive": "script-src-elem",
}


def test_of_a_report_the_rule_and_the_page_are_kept_and_nothing_else(logged):
    log = logged({"csp-report": CANARY})
    assert "csp.violation" in log
    assert "script-src-elem" in log
    assert "screening:case" in log
    assert "CANARY" not in log
    assert "2710bf37" not in log


def test_the_newer_form_of_report_is_read_too(logged):
    body = {
        "type": "csp-violation",
        "body": {"effectiveDirective": "img-src", "documentURL": "https://x.example/accounts/login/"},
    }
    log = logged([body])
    assert "img-src" in log
    assert "account_login" in log


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[" * 5000,
        b'{"csp-report": 5}',
        b"[1, null]",
        b'"x"',
        b"{}",
        b"x" * 40_000,
        b'{"csp-report": {"violated-directive": "CANARY\\nlevel=error"}}',
    ],
    ids=range(9),
)
def test_what_is_no_report_is_answered_the_same_and_tells_the_log_nothing(logged, body):
    assert "CANARY" not in logged(body)


def test_nobody_fills_the_log_with_reports(logged):
    cache.clear()
    log = logged(*[{"csp-report": CANARY}] * 60)
    assert log.count("csp.violation") == 20


def test_every_policy_says_where_to_report(client):
    assert "report-uri /csp-reports/" in client.get("/help/")["Content-Security-Policy"]
