"""Which other houses' logins are on: `XINQIAO_LOGIN_DINGTALK=id:secret` and the like, one variable a house."""

from typing import Any

from xinqiao.settings.environment import env

VARIABLES = {
    "dingtalk": "XINQIAO_LOGIN_DINGTALK",
    "feishu": "XINQIAO_LOGIN_FEISHU",
    "wecom": "XINQIAO_LOGIN_WECOM",
    "weixin": "XINQIAO_LOGIN_WEIXIN",
}
# WeChat Work names a house and an app in it: `corp_id/agent_id:secret`.
SHAPE = "id:secret"
HOSTS = {
    "dingtalk": "https://login.dingtalk.com",
    "feishu": "https://open.feishu.cn",
    "wecom": "https://login.work.weixin.qq.com",
    "weixin": "https://open.weixin.qq.com",
}


def provider_settings() -> dict[str, Any]:
    """allauth's setting: every house is known, those that are on have an app."""
    return {name: {"APPS": apps_from(env(variable, ""))} for name, variable in VARIABLES.items()}


def apps_from(text: str) -> list[dict[str, Any]]:
    """One app, or none where nothing is set. A WeChat Work id carries the number of the app behind a slash."""
    if not text:
        return []
    client_id, _, secret = text.partition(":")
    client_id, _, agent = client_id.partition("/")
    return [{"client_id": client_id, "secret": secret, "settings": {"agent_id": agent} if agent else {}}]


def provider_hosts(settings: dict[str, Any]) -> list[str]:
    """Where a form of our login page may lead: the browser holds a form's redirects to the policy too."""
    return [HOSTS[name] for name, found in settings.items() if found["APPS"]]
