"""Logging in and out. People are entered by the school; there is no sign-up."""

from allauth.account import views as allauth_views
from django.urls import path

from xinqiao.accounts import views

urlpatterns = [
    path("login/", allauth_views.LoginView.as_view(), name="account_login"),
    path("logout/", allauth_views.LogoutView.as_view(), name="account_logout"),
    path("reauthenticate/", allauth_views.ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("start/", views.start, name="start"),
    path("kept/<uuid:kept_id>/", views.kept_input, name="kept_input"),
    path("kept/<uuid:kept_id>/drop/", views.drop_kept_input, name="drop_kept_input"),
]
