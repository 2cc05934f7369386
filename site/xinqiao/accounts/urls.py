"""Logging in and out. People are entered by the school; there is no sign-up."""

from allauth.account import views
from django.urls import path

from xinqiao.accounts.views import start

urlpatterns = [
    path("login/", views.LoginView.as_view(), name="account_login"),
    path("logout/", views.LogoutView.as_view(), name="account_logout"),
    path("start/", start, name="start"),
]
