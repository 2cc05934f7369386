"""What guardians are told, word for word, by kind and version. An old version stays: answers point to it."""

from xinqiao.consents.enums import ConsentKind
from xinqiao.consents.library import counselling, files, screening

Sections = list[tuple[str, str]]

TEXTS: dict[str, dict[str, Sections]] = {
    ConsentKind.SCREENING.value: {"2026-11": screening.SCREENING},
    ConsentKind.QUESTIONNAIRE.value: {"2026-11": screening.QUESTIONNAIRE},
    ConsentKind.COUNSELLING.value: {"2026-11": counselling.COUNSELLING},
    ConsentKind.RECORDING.value: {"2026-11": counselling.RECORDING},
    ConsentKind.REFERRAL.value: {"2026-11": files.REFERRAL},
    ConsentKind.HANDOVER.value: {"2026-11": files.HANDOVER},
}
