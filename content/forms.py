"""What a person types to search."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from content.models import Topic

MAX_QUESTION = 60


class SearchForm(forms.Form):
    """Sent with GET and without a token: it changes nothing, and a page that sets no cookie can be kept by anyone."""

    q = forms.CharField(
        label=_("What is it about?"),
        required=False,
        max_length=MAX_QUESTION,
        error_messages={
            "max_length": _("Please say it shorter, with one or two words: at most %(limit_value)d characters.")
        },
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "孩子最近怎么了？比如：不想上学", "enterkeyhint": "search"}
        ),
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False)

    def __init__(self, data: dict, *, topics: Sequence[Topic]) -> None:
        self.by_slug = {topic.slug: topic for topic in topics}
        # A topic that does not exist (any more) is none: an old link still finds something.
        super().__init__({**data, "topic": data["topic"] if data["topic"] in self.by_slug else ""})
        self.fields["topic"].choices = [("", _("All topics")), *((topic.slug, topic.name) for topic in topics)]

    def clean_q(self) -> str:
        return " ".join(self.cleaned_data["q"].split())

    def clean_topic(self) -> Topic | None:
        return self.by_slug.get(self.cleaned_data["topic"])
