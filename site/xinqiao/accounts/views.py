"""Where a person lands after logging in: the place of the duty they hold."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from xinqiao.accounts.enums import Role

# In order: a person with several duties lands at the one that is most urgent.
_HOMES = [
    ({Role.COUNSELOR, Role.PRINCIPAL, Role.DEPUTY, Role.MORAL_EDUCATION}, "/workspace/"),
    ({Role.HOMEROOM, Role.GRADE_LEADER}, "/screening/"),
    ({Role.EDITOR, Role.TRAINER, Role.ADMINISTRATOR}, "/admin/"),
    ({Role.TEACHER}, "/training/"),
    ({Role.DISTRICT}, "/workspace/"),
]


@login_required
def start(request: HttpRequest) -> HttpResponse:
    roles = request.user.roles()
    for holders, address in _HOMES:
        if roles & holders:
            return redirect(address)
    return redirect("/")
