"""Login by WeChat Work (企业微信), which is not among allauth's providers.

Its ways differ from OAuth's in three points: the app has a number beside the house's id, the token is the app's own and not the person's,
and the code is handed in with that token to ask whose it is.
"""

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider

from xinqiao.accounts.wecom.views import WeComAdapter


class WeComProvider(OAuth2Provider):
    id = "wecom"
    name = "WeCom"
    account_class = ProviderAccount
    oauth2_adapter_class = WeComAdapter

    def extract_uid(self, data: dict) -> str:
        # The same login name may exist in another house.
        return f"{self.app.client_id}:{data['userid']}"

    def extract_common_fields(self, data: dict) -> dict:
        return {}


provider_classes = [WeComProvider]
