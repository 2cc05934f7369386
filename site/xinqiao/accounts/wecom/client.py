"""How WeChat Work is asked: the address of its login page, and the app's own token."""

from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error


class WeComClient(OAuth2Client):
    agent_id = ""

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict) -> str:
        named = {
            "login_type": "CorpApp",
            "appid": self.consumer_key,
            "agentid": self.agent_id,
            "redirect_uri": self.callback_url,
            "state": self.state or "",
        }
        return f"{authorization_url}?{urlencode(named)}"

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None) -> dict:
        params = {"corpid": self.consumer_key, "corpsecret": self.consumer_secret}
        return {**answer_of(self.access_token_url, params), "code": code}


def answer_of(url: str, params: dict[str, str]) -> dict:
    """What WeChat Work answers; its refusals come with status 200 and a number."""
    with get_adapter().get_requests_session() as session:
        response = session.get(url, params=params)
        response.raise_for_status()
        answer = response.json()
    if not isinstance(answer, dict) or answer.get("errcode", 0) != 0:
        # Its words quote what was sent: only the number is told on.
        raise OAuth2Error(f"WeCom refused: {answer.get('errcode') if isinstance(answer, dict) else 'no answer'}")
    return answer
