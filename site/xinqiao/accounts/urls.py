"""Logging in and out, one's own account, second factors. People are entered by the school; there is no sign-up."""

from allauth.account import views as allauth_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.webauthn import views as passkey_views
from allauth.socialaccount.providers.dingtalk import views as dingtalk
from allauth.socialaccount.providers.feishu import views as feishu
from allauth.socialaccount.providers.weixin import views as weixin
from django.urls import path
from django.views.generic import RedirectView

from xinqiao.accounts import account_views, factor_views, identity_views, views
from xinqiao.accounts.connected import begins, only_if_on
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.accounts.invitations import join_views
from xinqiao.accounts.wecom import views as wecom

_fresh = needs_fresh(Fresh.ACCOUNT)
_to_me = RedirectView.as_view(pattern_name="me")

urlpatterns = [
    path("login/", account_views.Login.as_view(), name="account_login"),
    path("logout/", allauth_views.LogoutView.as_view(), name="account_logout"),
    path("inactive/", allauth_views.AccountInactiveView.as_view(), name="account_inactive"),
    path("reauthenticate/", allauth_views.ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("join/", join_views.join, name="join"),
    path("join/account/", join_views.account, name="join_account"),
    path("join/<str:code>/", join_views.by_code, name="join_by_code"),
    path("start/", views.start, name="start"),
    path("kept/<uuid:kept_id>/", views.kept_input, name="kept_input"),
    path("kept/<uuid:kept_id>/drop/", views.drop_kept_input, name="drop_kept_input"),
    path("me/", account_views.me, name="me"),
    path("me/second-factor/", factor_views.second_factor, name="second_factor"),
    path("me/sessions/<int:session_id>/end/", account_views.end_session, name="end_session"),
    path("me/sessions/end-others/", account_views.end_other_sessions, name="end_other_sessions"),
    path("me/connected/<slug:house>/end/", account_views.disconnect_house, name="disconnect_house"),
    path("password/", account_views.password, name="account_change_password"),
    path("password/forgotten/", account_views.forgotten, name="account_reset_password"),
    path("password/forgotten/sent/", account_views.forgotten_sent, name="password_forgotten_sent"),
    path("password/new/<uidb64>/<token>/", account_views.PasswordByMail.as_view(), name="password_by_mail"),
    path("people/<int:user_id>/confirm/", identity_views.confirm_person, name="confirm_person"),
    path("people/<int:user_id>/reset-factor/", identity_views.reset_factor, name="reset_factor"),
    path("2fa/", _to_me, name="mfa_index"),
    path("2fa/authenticate/", mfa_views.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa_views.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/app/", _fresh(factor_views.SetUpApp.as_view()), name="mfa_activate_totp"),
    path("2fa/app/remove/", _fresh(factor_views.RemoveApp.as_view()), name="mfa_deactivate_totp"),
    path("2fa/codes/", _fresh(factor_views.Codes.as_view()), name="mfa_view_recovery_codes"),
    path("2fa/codes/new/", _fresh(factor_views.NewCodes.as_view()), name="mfa_generate_recovery_codes"),
    path("2fa/passkeys/", _to_me, name="mfa_list_webauthn"),
    path("2fa/passkeys/add/", _fresh(factor_views.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("2fa/passkeys/<int:pk>/remove/", _fresh(factor_views.RemovePasskey.as_view()), name="mfa_remove_webauthn"),
    path("2fa/passkeys/login/", passkey_views.login_webauthn, name="mfa_login_webauthn"),
    path("2fa/passkeys/reauthenticate/", passkey_views.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
]
for _house, _views in {"dingtalk": dingtalk, "feishu": feishu, "wecom": wecom, "weixin": weixin}.items():
    urlpatterns += [
        path(f"by/{_house}/", begins(_house, _views.oauth2_login), name=f"{_house}_login"),
        path(f"by/{_house}/back/", only_if_on(_house, _views.oauth2_callback), name=f"{_house}_callback"),
    ]
