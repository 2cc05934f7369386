"""What is checked before a guidance page goes out: whoever reads about danger finds whom to call on the same page."""

from django.forms.utils import ErrorList
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamBlockValidationError

from content.blocks.headed import block_words
from content.models.slugs import PinyinSlugForm
from content.search.words import sounds_like_crisis

NEEDS_HELP_NOW = _("This text speaks of danger to life. Add a “Help now” block, so that readers see whom to call.")
REVIEW_COMES_LATER = _("The next review comes after the last one.")


class GuidanceForm(PinyinSlugForm):
    """A draft may still lack something; what is published may not."""

    is_draft = False

    def defer_required_fields(self) -> None:
        """Wagtail calls this when a draft is saved."""
        super().defer_required_fields()
        self.is_draft = True

    def clean(self) -> dict:
        cleaned = super().clean()
        reviewed_on, due_on = cleaned.get("reviewed_on"), cleaned.get("review_due_on")
        if reviewed_on and due_on and due_on <= reviewed_on:
            self.add_error("review_due_on", REVIEW_COMES_LATER)
        body = cleaned.get("body")
        if not self.is_draft and body and not any(block.block_type == "help_now" for block in body):
            words = " ".join([cleaned.get("title") or "", cleaned.get("summary") or "", *block_words(body)])
            if sounds_like_crisis(words):
                self.add_error("body", StreamBlockValidationError(non_block_errors=ErrorList([NEEDS_HELP_NOW])))
        return cleaned
