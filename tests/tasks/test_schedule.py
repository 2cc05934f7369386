"""Beat's schedule: every name on it is a task that a worker knows, and every kind of message has somebody who sends it."""

from celery.schedules import crontab
from django.utils import translation

from tasks.handlers import kinds
from tasks.kinds import words_for
from xinqiao.celery import app
from xinqiao.settings.schedule import CELERY_BEAT_SCHEDULE


def test_every_job_on_the_schedule_exists():
    app.loader.import_default_modules()
    missing = {name: entry["task"] for name, entry in CELERY_BEAT_SCHEDULE.items() if entry["task"] not in app.tasks}
    assert not missing


def test_the_worker_reads_this_schedule():
    assert set(app.conf.beat_schedule) == set(CELERY_BEAT_SCHEDULE)


def test_what_is_missed_is_found_within_a_minute():
    assert CELERY_BEAT_SCHEDULE["outbox-sweep"]["schedule"] <= 60
    assert CELERY_BEAT_SCHEDULE["audit-seal"]["schedule"] <= 60


def test_nobody_is_reminded_at_night():
    for name, entry in CELERY_BEAT_SCHEDULE.items():
        if "remind" in name:
            assert isinstance(entry["schedule"], crontab)
            assert entry["schedule"].hour <= set(range(7, 21))


def test_every_kind_of_message_has_a_chinese_name():
    app.loader.import_default_modules()
    with translation.override("zh-hans"):
        nameless = [kind for kind in kinds() if not kind.startswith("test.") and words_for(kind) == kind]
    assert not nameless
