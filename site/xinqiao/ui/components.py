"""A page with every component in every state, to look at while building: `/components/` of the demo."""

import datetime
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.ui.icons import ICONS
from xinqiao.ui.templatetags.ui import LEVELS

TONES = [
    "paper",
    "card",
    "sunk",
    "ink",
    "ink-2",
    "bridge",
    "bridge-soft",
    "warm",
    "warm-soft",
    "general",
    "priority",
    "high",
]
_CLASSES = ["三（1）班", "三（2）班", "三（3）班", "四（1）班", "四（2）班", "四（3）班", "五（1）班", "五（2）班"]
_A_PAGE = 3


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(
        label=pgettext_lazy("sample", "What was seen"),
        max_length=40,
        help_text=pgettext_lazy("sample", "One line: where and when."),
    )
    story = forms.CharField(
        label=pgettext_lazy("sample", "In your own words"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    place = forms.ChoiceField(
        label=pgettext_lazy("sample", "Where"),
        choices=[
            ("", pgettext_lazy("sample", "Please choose")),
            ("class", pgettext_lazy("sample", "In class")),
            ("break", pgettext_lazy("sample", "In the break")),
        ],
    )
    day = forms.DateField(
        label=pgettext_lazy("sample", "Which day"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    how = forms.ChoiceField(
        label=pgettext_lazy("sample", "How often"),
        widget=forms.RadioSelect,
        required=False,
        choices=[
            ("once", pgettext_lazy("sample", "Once")),
            ("often", pgettext_lazy("sample", "Several times")),
            ("daily", pgettext_lazy("sample", "Nearly every day")),
        ],
    )
    told = forms.BooleanField(
        label=pgettext_lazy("sample", "The homeroom teacher knows"),
        help_text=pgettext_lazy("sample", "Tick it after you have told."),
    )


def page(request: HttpRequest) -> HttpResponse:
    """Everything that can be put on a page, with sample words; nothing of it is stored."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    filled = SampleForm(
        {
            "name": "",
            "story": pgettext_lazy("sample", "Sat alone in three breaks this week."),
            "place": "class",
            "how": "often",
        }
    )
    filled.is_valid()
    classes = [
        {"name": name, "done": 45 if number % 3 else 31, "of": 45, "late": number % 4 == 3}
        for number, name in enumerate(_CLASSES)
        if request.GET.get("q", "") in name
    ]
    context: dict[str, Any] = {
        "tones": TONES,
        "icons": sorted(ICONS),
        "levels": list(LEVELS),
        "empty_form": SampleForm(auto_id="new_%s"),
        "filled_form": filled,
        "page_obj": Paginator(classes, _A_PAGE).get_page(request.GET.get("page")),
        "q": request.GET.get("q", ""),
        "timeline_items": _timeline(now),
        "samples": [
            Message(constants.SUCCESS, pgettext_lazy("sample", "Saved.")),
            Message(
                constants.INFO,
                pgettext_lazy("sample", "A colleague changed this in the meantime: both texts are shown below."),
            ),
            Message(constants.ERROR, pgettext_lazy("sample", "Not sent: no network. What you typed is kept.")),
        ],
    }
    return render(request, "ui/components.html", context)


def _timeline(now: datetime.datetime) -> list[dict[str, Any]]:
    hour, day = datetime.timedelta(hours=1), datetime.timedelta(days=1)
    return [
        {
            "at": now - 2 * day,
            "title": pgettext_lazy("sample", "First pass submitted"),
            "by": _("Homeroom teacher"),
        },
        {
            "at": now - day,
            "title": pgettext_lazy("sample", "Interview"),
            "text": pgettext_lazy("sample", "Twenty minutes in the counselling room."),
            "by": _("Counselor"),
        },
        {"at": now - hour, "title": pgettext_lazy("sample", "Parents informed by telephone")},
    ]
