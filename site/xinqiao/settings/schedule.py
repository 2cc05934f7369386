"""What beat asks for, and when (Asia/Shanghai). Each job finds in the tables what is due; none carries a time of its own."""

from celery.schedules import crontab

__all__ = ["CELERY_BEAT_SCHEDULE"]

CELERY_BEAT_SCHEDULE = {
    "outbox-sweep": {"task": "tasks.sweep_outbox", "schedule": 60.0},
    "audit-seal": {"task": "audit.seal", "schedule": 30.0},
    "audit-anchor": {"task": "audit.anchor", "schedule": crontab(hour=6, minute=30)},
    "kept-input-expire": {"task": "accounts.expire_kept_input", "schedule": crontab(minute="*/10")},
    # Duties begin and end at midnight; Wagtail's groups follow them.
    "accounts-sync-groups": {"task": "accounts.sync_groups", "schedule": crontab(hour=0, minute=5)},
    "accounts-clear-sessions": {"task": "accounts.clear_sessions", "schedule": crontab(hour=3, minute=20)},
    "content-publish-scheduled": {"task": "content.publish_scheduled", "schedule": crontab(minute="*/5")},
    # Papers that were taken away and not brought back; contents that no row knows.
    "files-sweep": {"task": "files.sweep", "schedule": crontab(hour=2, minute=40)},
    # A move that was entered ahead takes effect on its day; each hour again, should the first have been missed.
    "school-apply-due-moves": {"task": "school.apply_due_moves", "schedule": crontab(minute=1)},
    # A roster that nobody decided on is gone after a day; one whose workers died does not stay at work.
    "school-expire-rosters": {"task": "school.expire_rosters", "schedule": crontab(minute="5-59/10")},
    # A file that was taken out lies here for a day; what is due for erasing is shown two weeks before it goes.
    "records-expire-exports": {"task": "records.expire_exports", "schedule": crontab(minute="*/20")},
    "records-retention": {"task": "records.retention", "schedule": crontab(hour=2, minute=40)},
    "training-remind-due": {"task": "training.remind_due_courses", "schedule": crontab(hour=7, minute=30)},
    "training-age": {"task": "training.age_certificates", "schedule": crontab(hour=0, minute=20)},
    "screening-remind-first-pass": {"task": "screening.remind_open_first_pass", "schedule": crontab(hour=7, minute=40)},
    # Once a week and never in between: two publications a day apart could be subtracted.
    "screening-publish-figures": {
        "task": "screening.publish_figures",
        "schedule": crontab(hour=5, minute=0, day_of_week=1),
    },
    "screening-tell-late": {"task": "screening.tell_of_what_is_late", "schedule": crontab(hour=7, minute=50)},
}
