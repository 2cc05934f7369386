"""Why the engine suggests what it suggests, in sentences that a counselor can check by hand."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from screening.instruments.schema import Definition
from screening.instruments.scoring import Result
from screening.levels import Suggestion


def explain(definition: Definition, result: Result) -> list[str]:
    """The reasons for the suggested level, the strongest first."""
    reasons = []
    if result.critical:
        reasons.append(
            ngettext(
                "%(count)d sign that must be acted on at once was seen: this alone suggests the high level.",
                "%(count)d signs that must be acted on at once were seen: this alone suggests the high level.",
                len(result.critical),
            )
            % {"count": len(result.critical)}
        )
    if result.total_over:
        reasons.append(
            _("The total is %(total)d; from %(cut)d on priority is suggested.")
            % {"total": result.total, "cut": definition.total_cut}
        )
    for domain in result.over:
        reasons.append(
            _("%(domain)s comes to %(points)d, its cut is %(cut)d.")
            % {"domain": domain.label, "points": result.domain_scores[domain], "cut": definition.domain_cuts[domain]}
        )
    if result.missing > definition.max_missing:
        reasons.append(
            _(
                "%(missing)d of %(items)d answers are missing (at most %(max)d may be): nothing can be said from them alone."
            )
            % {"missing": result.missing, "items": len(definition.items), "max": definition.max_missing}
        )
    if result.level == Suggestion.GENERAL:
        reasons.append(
            _(
                "Some signs were seen; the total is %(total)d, below its cut of %(cut)d, and fewer than two domains are over theirs."
            )
            % {"total": result.total, "cut": definition.total_cut}
        )
    if result.level == Suggestion.NONE:
        reasons.append(_("No sign was seen in the last two weeks."))
    return reasons
