"""A guardian's own pages of consents."""

from django.urls import path

from xinqiao.consents.views import family

_ONE = "<uuid:consent_id>/"

urlpatterns = [
    path("", family.own, name="family_consents"),
    path(_ONE, family.one, name="family_consent"),
    path(_ONE + "withdraw/", family.withdraw, name="family_consent_withdraw"),
    path(_ONE + "receipt/", family.receipt, name="family_consent_receipt"),
]
