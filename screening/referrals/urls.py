"""Addresses of a referral and its letter."""

from django.urls import path

from screening.referrals.views import acts, letter, referral

_ONE = "referrals/<uuid:referral_id>/"

urlpatterns = [
    path("cases/<uuid:case_id>/refer/", acts.refer, name="refer"),
    path(_ONE, referral.referral, name="referral"),
    path(_ONE + "consent/ask/", acts.ask, name="referral_ask"),
    path(_ONE + "consent/", acts.consent, name="referral_consent"),
    path(_ONE + "consent/withdraw/", acts.withdraw, name="referral_withdraw"),
    path(_ONE + "issue/", acts.issue, name="referral_issue"),
    path(_ONE + "emergency/", acts.emergency, name="referral_emergency"),
    path(_ONE + "move/", acts.move, name="referral_move"),
    path(_ONE + "letter/", letter.letter, name="letter"),
    path(_ONE + "letter.pdf", letter.pdf, name="letter_pdf"),
    path(_ONE + "letter-<int:page>.png", letter.picture, name="letter_picture"),
]
