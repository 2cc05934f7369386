"""What a definition must be: refused with the place where it is wrong, and frozen once published."""

import copy

import pytest
from django.db import DatabaseError, transaction

from screening.instruments.models import Instrument, InstrumentVersion
from screening.instruments.observation import DEFINITION, KEY
from screening.instruments.publish import publish_version
from screening.instruments.schema import DefinitionError, parse
from screening.levels import Domain

WORDS_OF_A_DIAGNOSIS = ("抑郁症", "焦虑症", "多动症", "自闭", "障碍", "患者", "诊断", "病情", "精神病", "心理疾病")


def changed(**keys):
    return {**copy.deepcopy(DEFINITION), **keys}


def with_item(**keys):
    definition = copy.deepcopy(DEFINITION)
    definition["items"][0].update(keys)
    return definition


def test_the_schools_form_has_signs_in_each_of_the_five_domains_and_critical_ones():
    form = parse(DEFINITION)
    assert len(form.items) == 30
    assert all(len(form.of_domain(domain)) >= 4 for domain in Domain)
    assert {item.code for item in form.items if item.critical} == {"e5", "b5", "b7", "v5"}


def test_the_schools_form_speaks_of_what_is_seen_and_never_of_an_illness():
    form = parse(DEFINITION)
    words = "".join([form.title, form.instruction, *(item.text for item in form.items)])
    assert not [word for word in WORDS_OF_A_DIAGNOSIS if word in words]
    assert all(len(item.text) <= 40 for item in form.items)


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        (changed(items=[]), "items"),
        (changed(title=" "), "title"),
        (changed(scales={}), "scales"),
        (changed(scales={"frequency": [{"label": "没有", "weight": 0}]}), "scales.frequency"),
        (changed(scales={"frequency": [{"label": "没有", "weight": 1}, {"label": "有", "weight": 2}]}), "weights"),
        (changed(total_cut=0), "total_cut"),
        (changed(total_cut=True), "total_cut"),
        (changed(max_missing=31), "max_missing"),
        (changed(domain_cuts={"emotion": 4}), "domain_cuts."),
        (changed(domain_cuts={**DEFINITION["domain_cuts"], "luck": 4}), "unknown domain"),
        (with_item(code="e2"), "code used twice"),
        (with_item(domain="luck"), r"items\[0\].domain"),
        (with_item(scale="colour"), r"items\[0\].scale"),
        (with_item(text=""), r"items\[0\].text"),
        (changed(items=["e1"]), r"items\[0\]"),
    ],
)
def test_a_definition_that_is_none_is_refused_with_the_place(definition, place):
    with pytest.raises(DefinitionError, match=place):
        parse(definition)


@pytest.mark.django_db
def test_the_same_definition_is_published_once_and_a_change_makes_the_next_version():
    first = publish_version(key=KEY, definition=DEFINITION)
    assert publish_version(key=KEY, definition=copy.deepcopy(DEFINITION)) == first
    second = publish_version(key=KEY, definition=changed(total_cut=12))
    assert (first.number, second.number) == (1, 2)
    assert InstrumentVersion.objects.get(pk=first.pk).parsed.total_cut == 10
    assert Instrument.objects.count() == 1


@pytest.mark.django_db
def test_what_is_no_definition_is_not_published():
    with pytest.raises(DefinitionError):
        publish_version(key=KEY, definition=changed(items=[]))
    assert not Instrument.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["change", "delete"])
def test_the_database_lets_nobody_change_or_delete_a_published_version(act):
    version = publish_version(key=KEY, definition=DEFINITION)
    version.definition = changed(total_cut=99)
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        version.save() if act == "change" else version.delete()
    assert InstrumentVersion.objects.get(pk=version.pk).parsed.total_cut == 10
