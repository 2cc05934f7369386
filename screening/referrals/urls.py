"""Addresses of a referral and its letter."""

from django.urls import path

from screening.referrals.views import letter, referral

_ONE = "referrals/<uuid:referral_id>/"

urlpatterns = [
    path(_ONE, referral.referral, name="referral"),
    path(_ONE + "letter.pdf", letter.pdf, name="letter_pdf"),
    path(_ONE + "letter-<int:page>.png", letter.picture, name="letter_picture"),
]
