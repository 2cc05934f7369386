"""What the editor of a course is told before it is saved. Here and not in the model: a bank may shrink later."""

from typing import Any

from django.utils.translation import gettext as _

from content.models.slugs import PinyinSlugForm


class CoursePageForm(PinyinSlugForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        bank, drawn = cleaned.get("bank"), cleaned.get("questions_drawn")
        if bank is not None and drawn and bank.active_count < drawn:
            text = _("The bank has %(there)s questions in use. Draw at most as many, or add questions first.")
            self.add_error("questions_drawn", text % {"there": bank.active_count})
        return cleaned
