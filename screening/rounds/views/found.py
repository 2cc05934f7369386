"""Finding the pass and the child that an address names, within what the person may see; else 404."""

from __future__ import annotations

import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from screening.rounds.models import ClassPass
from xinqiao.consents.enums import ConsentKind
from xinqiao.consents.standing import left_out
from xinqiao.school.models import Student


def pass_to_fill(request: HttpRequest, round_id: uuid.UUID, class_id: int) -> ClassPass:
    found = ClassPass.objects.fillable_by(request.user).select_related(
        "round__school", "round__term", "round__instrument_version", "school_class__grade", "submitted_by"
    )
    return get_object_or_404(found, round=round_id, school_class=class_id)


def child_of(class_pass: ClassPass, student_id: int) -> Student:
    """A child of the class, with whether it is left out; after submission one whom it was about."""
    if class_pass.submitted:
        children = Student.objects.filter(responses__class_pass=class_pass).distinct()
    else:
        children = Student.objects.filter(current_class=class_pass.school_class_id)
    return get_object_or_404(
        children.select_related("school").annotate(left_out=left_out(ConsentKind.SCREENING)), pk=student_id
    )
