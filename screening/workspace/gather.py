"""Finding what has to be done in some schools: each kind by one query, however many there are; no narrative is read."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from screening.assessments.enums import AssessmentState
from screening.assessments.hold import waits
from screening.assessments.models import NARRATIVES as ASSESSED
from screening.assessments.models import Assessment
from screening.cases.enums import ACTIVE, ChangeState, CrisisState, FollowUpKind
from screening.cases.models import NARRATIVES, Case, CrisisStep, FollowUp, LevelChange
from screening.levels import Level, Suggestion
from screening.referrals.enums import WAITING_FOR_HOSPITAL, ReferralState
from screening.referrals.models import LETTER_TEXTS, Referral
from screening.rounds.models import ClassPass
from screening.workspace.items import Item, Kind
from screening.workspace.time_left import TimeLeft, days_left, minutes_left, same_day, waiting_since
from xinqiao.school.calendar import SchoolCalendar, calendar_of
from xinqiao.school.models import School

_STORIES = [f"case__{name}" for name in NARRATIVES]


class Gathering:
    """The items of some schools at one time; one query a kind, however many there are."""

    def __init__(self, schools: Collection[int], now: datetime.datetime | None = None) -> None:
        self.now = now or timezone.now()
        self.today = timezone.localdate(self.now)
        self.schools = list(School.objects.filter(pk__in=schools).order_by("pk"))
        self.calendars: dict[int, SchoolCalendar] = {school.pk: calendar_of(school) for school in self.schools}

    def for_children(self) -> list[Item]:
        """Everything about children: assessments, protocols, follow-ups, referrals, changes of level."""
        items = [
            *self._crises(),
            *self._assessments(),
            *self._follow_ups(),
            *self._referrals(),
            *self._level_changes(),
        ]
        return sorted(items, key=lambda item: item.order)

    def late_classes(self) -> list[Item]:
        """First passes of open rounds that were not submitted in time."""
        passes = (
            ClassPass.objects.waiting()
            .filter(round__school__in=self.calendars, round__due_on__lt=self.today)
            .select_related("round", "school_class__grade")
            .order_by("school_class__grade__number", "school_class__number")
        )
        items = []
        for each in passes:
            left = self._days(each.round.due_on, each.round.school_id)
            if left.late:
                items.append(
                    Item(
                        kind=Kind.FIRST_PASS,
                        school_id=each.round.school_id,
                        level="",
                        about=str(each.school_class),
                        number=str(each.school_class),
                        left=left,
                        url=reverse("screening:overview"),
                        class_id=each.school_class_id,
                    )
                )
        return items

    def _days(self, due: datetime.date, school_id: int) -> TimeLeft:
        return days_left(due, self.today, self.calendars[school_id])

    def _since(self, at: datetime.datetime, school_id: int) -> TimeLeft:
        return waiting_since(timezone.localdate(at), self.today, self.calendars[school_id])

    def _crises(self) -> Iterator[Item]:
        """Each running protocol by its next step."""
        steps = (
            CrisisStep.objects.filter(
                done_at__isnull=True,
                crisis__school__in=self.calendars,
                crisis__state__in=[CrisisState.DECLARED, CrisisState.SAFE],
                crisis__case__level=Level.HIGH,
                crisis__case__state__in=ACTIVE,
            )
            .select_related("crisis__case__owner")
            .defer("note", *(f"crisis__{name}" for name in _STORIES))
            .order_by("crisis", "position")
        )
        by_crisis: dict[object, list[CrisisStep]] = defaultdict(list)
        for step in steps:
            by_crisis[step.crisis_id].append(step)
        for crisis_id, (step, *later) in by_crisis.items():
            case = step.crisis.case
            details = [_("Emergency protocol, step %(number)d") % {"number": step.position}]
            if later:
                more = ngettext("%(count)d more step open", "%(count)d more steps open", len(later))
                details.append(more % {"count": len(later)})
            about = _("Case %(number)s: %(what)s") % {"number": case.number, "what": step.get_key_display()}
            yield self._of_case(
                case,
                Kind.CRISIS,
                about,
                minutes_left(step.due_at, self.now),
                action=pgettext("act", "Write down"),
                details=details,
                crisis_id=crisis_id,
            )

    def _assessments(self) -> Iterator[Item]:
        found = (
            Assessment.objects.still_open()
            .filter(school__in=self.calendars)
            .select_related("student__current_class__grade", "assessor")
            .defer(*ASSESSED)
            .annotate(on_hold=waits(self.now))
        )
        for each in found:
            if each.on_hold:
                yield self._on_hold(each)
                continue
            calendar = self.calendars[each.school_id]
            measure = same_day if each.suggested == Suggestion.HIGH else days_left
            begun = each.state == AssessmentState.IN_PROGRESS
            yield Item(
                kind=Kind.ASSESSMENT,
                school_id=each.school_id,
                level=each.suggested,
                about=_("Second assessment: %(class)s") % {"class": each.student.current_class or "—"},
                number="",
                left=measure(each.due_on, self.today, calendar),
                url=reverse("screening:assessment", args=[each.pk]),
                action=_("Go on") if begun else _("Begin"),
                details=[str(each.get_state_display())],
                owners=[each.assessor] if each.assessor else [],
            )

    def _on_hold(self, assessment: Assessment) -> Item:
        """A guardian has refused counselling: the task is to talk with them."""
        return Item(
            kind=Kind.CONSENT,
            school_id=assessment.school_id,
            level=assessment.suggested,
            about=_("Talk with the guardian, the assessment is on hold: %(class)s")
            % {"class": assessment.student.current_class or "—"},
            number="",
            left=self._since(assessment.made_at, assessment.school_id),
            url=reverse("screening:assessment", args=[assessment.pk]),
            action=pgettext("act", "Open"),
            details=[_("A guardian does not agree to individual counselling")],
            owners=[assessment.assessor] if assessment.assessor else [],
        )

    def _follow_ups(self) -> Iterator[Item]:
        """The next one of each case; those after it come when it is done."""
        found = (
            FollowUp.objects.due()
            .filter(case__school__in=self.calendars, case__state__in=ACTIVE)
            .select_related("case__owner")
            .defer("note", *_STORIES)
            .order_by("case", "due_on")
            .distinct("case")
        )
        for each in found:
            what = _("follow-up after %(span)s") % {"span": each.get_kind_display().lower()}
            if each.kind == FollowUpKind.EXTRA:
                what = _("additional follow-up")
            about = _("Case %(number)s: %(what)s") % {"number": each.case.number, "what": what}
            yield self._of_case(
                each.case,
                Kind.FOLLOW_UP,
                about,
                self._days(each.due_on, each.case.school_id),
                action=pgettext("act", "Write down"),
            )

    def _referrals(self) -> Iterator[Item]:
        found = (
            Referral.objects.filter(
                Q(state=ReferralState.AWAITING_CONSENT) | Q(state__in=WAITING_FOR_HOSPITAL),
                case__school__in=self.calendars,
            )
            .select_related("case__owner")
            .defer(*LETTER_TEXTS, "emergency_reason", *_STORIES)
        )
        for each in found:
            if each.state == ReferralState.AWAITING_CONSENT:
                yield self._waiting_for_consent(each)
                continue
            about = _("Case %(number)s: the hospital has not answered yet") % {"number": each.case.number}
            left = self._days(each.answer_due_on, each.case.school_id)
            item = self._of_case(each.case, Kind.HOSPITAL, about, left, action=pgettext("act", "Open"))
            item.url = reverse("screening:referral", args=[each.pk])
            yield item

    def _waiting_for_consent(self, referral: Referral) -> Item:
        case = referral.case
        left = self._since(referral.moved_at, case.school_id)
        about = _("Case %(number)s: waiting for the guardian's consent") % {"number": case.number}
        item = self._of_case(case, Kind.CONSENT, about, left, action=pgettext("act", "Open"))
        item.url = reverse("screening:referral", args=[referral.pk])
        return item

    def _level_changes(self) -> Iterator[Item]:
        found = (
            LevelChange.objects.filter(state=ChangeState.ASKED, case__school__in=self.calendars, case__state__in=ACTIVE)
            .select_related("case__owner", "asked_by")
            .defer("reason", "answer", *_STORIES)
        )
        for each in found:
            left = self._since(each.asked_at, each.case.school_id)
            about = _("Case %(number)s: a second person is asked whether the level may come down")
            item = self._of_case(
                each.case,
                Kind.LEVEL_CHANGE,
                about % {"number": each.case.number},
                left,
                action=pgettext("act", "Open"),
                details=[_("Asked by %(who)s") % {"who": each.asked_by}],
            )
            item.asked_by = each.asked_by_id
            yield item

    @staticmethod
    def _of_case(
        case: Case,
        kind: Kind,
        about: str,
        left: TimeLeft,
        *,
        action: str,
        details: list[str] | None = None,
        crisis_id: object | None = None,
    ) -> Item:
        return Item(
            kind=kind,
            school_id=case.school_id,
            level=case.level,
            about=about,
            number=case.number,
            left=left,
            url=reverse("screening:case", args=[case.pk]),
            action=action,
            details=details or [],
            owners=[case.owner] if case.owner else [],
            crisis_id=crisis_id,
            case_id=case.pk,
        )
