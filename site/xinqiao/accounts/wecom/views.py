"""Going to WeChat Work and coming back."""

from typing import Any

from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.http import HttpRequest

from xinqiao.accounts.wecom.client import WeComClient, answer_of


class WeComAdapter(OAuth2Adapter):
    provider_id = "wecom"
    authorize_url = "https://login.work.weixin.qq.com/wwlogin/sso/login"
    access_token_url = "https://qyapi.weixin.qq.com/cgi-bin/gettoken"  # noqa: S105 - an address
    person_url = "https://qyapi.weixin.qq.com/cgi-bin/auth/getuserinfo"
    client_class = WeComClient

    def get_client(self, request: HttpRequest, app: Any) -> WeComClient:
        client = super().get_client(request, app)
        client.agent_id = app.settings.get("agent_id", "")
        return client

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        code = kwargs.get("response", {}).get("code", "")
        answer = answer_of(self.person_url, {"access_token": token.token, "code": code})
        # Who does not belong to the house has an `openid` in place of a `userid`.
        if not answer.get("userid"):
            raise OAuth2Error("WeCom: not a member of the house")
        return self.get_provider().sociallogin_from_response(request, {"userid": answer["userid"]})


oauth2_login = OAuth2LoginView.adapter_view(WeComAdapter)
oauth2_callback = OAuth2CallbackView.adapter_view(WeComAdapter)
