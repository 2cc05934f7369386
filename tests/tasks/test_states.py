"""The states: one table, held by the functions, by the database and by the decision record."""

import datetime
import re
import uuid
from pathlib import Path

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tasks.deliver import act, claim, claims_last, sweep
from tasks.enums import TRANSITIONS, OutboxState, transition_pairs
from tasks.handlers import NoLongerNeeded, Permanent, Transient
from tasks.models import OutboxMessage
from tasks.outbox import NotDead, enqueue, retry
from tests.factories.accounts import person_with
from tests.factories.tasks import PROBE, OutboxMessageFactory, Probe
from xinqiao.accounts.enums import Role

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def belongings(state: str) -> dict:
    """What the row of each state must have besides."""
    sending, sent = state == OutboxState.SENDING, state == OutboxState.SENT
    now = timezone.now()
    return {
        "claim": uuid.uuid4() if sending else None,
        "claimed_at": now if sending else None,
        "sent_at": now if sent else None,
    }


@pytest.mark.parametrize("old", OutboxState.values)
@pytest.mark.parametrize("new", OutboxState.values)
def test_the_database_allows_exactly_the_table(old, new):
    message = OutboxMessageFactory(state=old)
    change = OutboxMessage.objects.filter(pk=message.pk)
    if old == new or (old, new) in transition_pairs():
        assert change.update(state=new, **belongings(new)) == 1
    else:
        with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
            change.update(state=new, **belongings(new))


@pytest.mark.parametrize("change", [{"payload": {"other": 1}}, {"key": "other"}, {"kind": "other"}])
def test_what_a_message_is_about_never_changes(change):
    message = OutboxMessageFactory()
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        OutboxMessage.objects.filter(pk=message.pk).update(**change)


def test_a_message_is_never_removed():
    message = OutboxMessageFactory()
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        message.delete()


@pytest.mark.parametrize(
    "row",
    [
        {"state": OutboxState.SENT, "sent_at": None},
        {"state": OutboxState.SENDING, "claim": None},
        {"state": OutboxState.PENDING, "claim": uuid.UUID(int=1)},
        {"state": "lost"},
    ],
)
def test_a_row_that_contradicts_itself_is_refused(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessageFactory(**row)


def test_the_decision_record_has_the_same_table():
    text = (ROOT / "docs" / "decisions" / "0003-outbox.md").read_text()
    written = {
        (old, new)
        for old, news in re.findall(r"^\| `(\w+)` \| ([^|]*)\|", text, re.M)
        for new in re.findall(r"`(\w+)`", news)
    }
    assert written == set(transition_pairs())
    assert set(TRANSITIONS) == set(OutboxState)


class OutboxLife(RuleBasedStateMachine):
    """Anything that may happen to a few messages, in any order, for days."""

    keys = st.sampled_from(["a", "b", "c"])

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.travel = time_machine.travel(datetime.datetime(2026, 11, 24, 8, tzinfo=datetime.UTC), tick=False)
        self.clock = self.travel.start()
        self.admin = person_with(Role.ADMINISTRATOR)
        self.went_out: dict[uuid.UUID, int] = {}
        self.unseen: dict[uuid.UUID, int] = {}
        self.held: list[OutboxMessage] = []
        Probe.reset()

    def teardown(self) -> None:
        self.travel.stop()
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def succeed(self, message: OutboxMessage) -> None:
        self.went_out[message.pk] = self.went_out.get(message.pk, 0) + 1

    @rule(key=keys)
    def order(self, key: str) -> None:
        enqueue(kind=PROBE, key=key, payload={})

    @rule(error=st.sampled_from([None, Transient("busy"), Permanent("no"), NoLongerNeeded(), KeyError("x")]))
    def sweep_with(self, error: Exception | None) -> None:
        if error is None:
            Probe.act = staticmethod(self.succeed)
        else:
            Probe.raising(error)
        sweep()

    @rule(went_out=st.booleans())
    def worker_stops_in_the_middle(self, went_out: bool) -> None:
        message = claim()
        if message is None:
            return
        if went_out:
            self.succeed(message)
            self.unseen[message.pk] = self.unseen.get(message.pk, 0) + 1
        self.held.append(message)

    @rule()
    def stopped_worker_comes_back(self) -> None:
        if self.held:
            Probe.act = staticmethod(lambda message: None)
            act(self.held.pop(0))

    @rule(hours=st.sampled_from([0, 1, 24]), minutes=st.integers(0, 59))
    def time_passes(self, hours: int, minutes: int) -> None:
        self.clock.shift(datetime.timedelta(hours=hours, minutes=minutes))

    @rule(key=keys)
    def administrator_tries_again(self, key: str) -> None:
        message = OutboxMessage.objects.filter(key=key).first()
        if message is None:
            return
        if message.state == OutboxState.DEAD:
            assert retry(message=message, by=self.admin).state == OutboxState.PENDING
        else:
            with pytest.raises(NotDead):
                retry(message=message, by=self.admin)

    @invariant()
    def nothing_goes_out_twice_but_for_a_worker_that_died_after_sending(self) -> None:
        for pk, times in self.went_out.items():
            assert times <= 1 + self.unseen.get(pk, 0)

    @invariant()
    def a_message_that_went_out_is_known_or_will_be(self) -> None:
        for message in OutboxMessage.objects.all():
            if message.pk in self.went_out and message.pk not in self.unseen:
                assert message.state == OutboxState.SENT

    @invariant()
    def nothing_is_stuck(self) -> None:
        later = timezone.now() + max(claims_last(), datetime.timedelta(days=2))
        open_ones = OutboxMessage.objects.filter(state__in=[OutboxState.PENDING, OutboxState.SENDING])
        assert set(open_ones) <= set(OutboxMessage.objects.claimable(later, claims_last()))


def test_whatever_happens_nothing_is_lost_stuck_or_sent_twice():
    run_state_machine_as_test(
        OutboxLife, settings=hypothesis_settings(max_examples=40, stateful_step_count=25, deadline=None)
    )
