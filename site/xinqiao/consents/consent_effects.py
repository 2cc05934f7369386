"""What ends for kinds that need no act of another app: nothing new is begun, and the words say so."""

from django.utils.translation import gettext_lazy as _

from xinqiao.consents.effects import declare
from xinqiao.consents.enums import ConsentKind

declare(
    ConsentKind.QUESTIONNAIRE,
    stops=_("Your child is not asked to fill in a questionnaire any more."),
    goes_on=_("Teachers go on looking after your child as after every child."),
)
declare(
    ConsentKind.HANDOVER,
    stops=_("No summary goes to another school any more."),
    goes_on=_("What was passed on before stays there; we tell that school what you have decided."),
)
declare(
    ConsentKind.RECORDING,
    stops=_("Nothing more is recorded, and what was recorded is deleted."),
    goes_on=_("The talks go on without recordings."),
)
