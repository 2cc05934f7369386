"""What the database refuses by itself: a child in two classes on one day, and an enrolment in a class that is closed.

Statement by statement and not row by row: a roster of 50,000 children, or a school's roll-over, asks once.
"""

import pgtrigger

_FITS = """
    IF EXISTS (
        SELECT 1 FROM fresh JOIN school_enrolment other
            ON other.student_id = fresh.student_id AND other.id <> fresh.id
        WHERE other.starts_on <= COALESCE(fresh.ends_on, 'infinity'::date)
            AND fresh.starts_on <= COALESCE(other.ends_on, 'infinity'::date)
    ) THEN
        RAISE EXCEPTION 'a child sits in two classes on one day' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM fresh JOIN school_schoolclass class ON class.id = fresh.school_class_id
        WHERE class.closed_on <= COALESCE(fresh.ends_on, 'infinity'::date)
    ) THEN
        RAISE EXCEPTION 'the class is closed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
_EMPTY = """
    IF EXISTS (
        SELECT 1 FROM school_enrolment WHERE school_class_id = NEW.id
            AND COALESCE(ends_on, 'infinity'::date) >= NEW.closed_on
    ) THEN
        RAISE EXCEPTION 'children sit in the class' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def _fits(name: str, operation: pgtrigger.Operation) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(new="fresh"),
        func=_FITS,
    )


ENROLMENT_FITS = [
    _fits("enrolment_fits_when_made", pgtrigger.Insert),
    _fits("enrolment_fits_when_changed", pgtrigger.Update),
]
CLOSED_CLASS_IS_EMPTY = pgtrigger.Trigger(
    name="closed_class_is_empty",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("closed_on"),
    condition=pgtrigger.Q(new__closed_on__isnull=False),
    func=_EMPTY,
)
