"""Logins of other houses: off until set, connected to an account that exists, and a second factor is asked for there too."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.feishu.client import FeishuOAuth2Client
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from django.utils import timezone

from tests.factories.accounts import UserFactory
from tests.factories.logins import with_app
from xinqiao.accounts.wecom.views import WeComAdapter
from xinqiao.audit.models import AuditEntry
from xinqiao.settings.login_providers import apps_from

pytestmark = pytest.mark.django_db
PHONE, NICK = "13800138000", "某某的昵称"
ANSWERS = {
    "/ding/token": {"accessToken": "t-d", "refreshToken": "r", "expireIn": 7200},
    "/ding/me": {"openId": "ding-42", "nick": NICK, "mobile": PHONE, "avatarUrl": "https://x.example/a.png"},
    "/feishu/app": {"app_access_token": "t-app"},
    "/feishu/token": {"data": {"access_token": "t-f", "refresh_token": "r", "expires_in": 7200}},
    "/feishu/me": {"code": 0, "data": {"open_id": "feishu-42", "name": NICK, "mobile": PHONE}},
    "/wecom/token": {"errcode": 0, "access_token": "t-w", "expires_in": 7200},
    "/wecom/person": {"errcode": 0, "userid": "zhanglaoshi", "user_ticket": "secret"},
}
UIDS = {"dingtalk": "ding-42", "feishu": "feishu-42", "wecom": "ww1234:zhanglaoshi"}


class FakeHouse(BaseHTTPRequestHandler):
    """Answers as the three houses do."""

    answers: dict = {}
    asked: list = []

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        self.asked.append((parts.path, parse_qs(parts.query)))
        body = json.dumps(self.answers[parts.path]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer

    def log_message(self, *args) -> None:
        """Quiet."""


@pytest.fixture
def houses(settings, monkeypatch):
    """All three on, at a server of this test's own."""
    FakeHouse.answers, FakeHouse.asked = {**ANSWERS}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeHouse)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    at = f"http://127.0.0.1:{server.server_port}"
    for adapter, name, path in (
        (DingTalkOAuth2Adapter, "access_token_url", "/ding/token"),
        (DingTalkOAuth2Adapter, "profile_url", "/ding/me"),
        (FeishuOAuth2Adapter, "access_token_url", "/feishu/token"),
        (FeishuOAuth2Adapter, "user_info_url", "/feishu/me"),
        (FeishuOAuth2Client, "app_access_token_url", "/feishu/app"),
        (WeComAdapter, "access_token_url", "/wecom/token"),
        (WeComAdapter, "person_url", "/wecom/person"),
    ):
        monkeypatch.setattr(adapter, name, at + path)
    settings.SOCIALACCOUNT_PROVIDERS = {
        "dingtalk": {"APPS": apps_from("ding-app:s")},
        "feishu": {"APPS": apps_from("feishu-app:s")},
        "wecom": {"APPS": apps_from("ww1234/1000002:s")},
        "weixin": {"APPS": []},
    }
    yield FakeHouse
    server.shutdown()
    server.server_close()


def go_and_come_back(client, house: str, process: str = ""):
    query = f"?process={process}" if process else ""
    away = client.post(f"/accounts/by/{house}/{query}")
    assert away.status_code == 302, away.content[:300]
    state = parse_qs(urlsplit(away["Location"]).query)["state"][0]
    return client.get(f"/accounts/by/{house}/back/", {"state": state, "code": "c0de"})


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


EACH = pytest.mark.parametrize("house", sorted(UIDS))


@EACH
def test_a_house_that_is_not_set_has_no_button_and_no_pages(client, house):
    assert f"/accounts/by/{house}/" not in client.get("/accounts/login/").content.decode()
    assert client.get(f"/accounts/by/{house}/").status_code == 404
    assert client.get(f"/accounts/by/{house}/back/").status_code == 404


def test_the_buttons_stand_on_the_login_page_of_those_that_are(client, houses, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get("/accounts/login/").content.decode()
    for house in UIDS:
        assert f'action="/accounts/by/{house}/"' in page
    assert "/accounts/by/weixin/" not in page


@EACH
def test_a_connected_person_logs_in(client, houses, house):
    person = UserFactory()
    SocialAccount.objects.create(user=person, provider=house, uid=UIDS[house])
    assert go_and_come_back(client, house)["Location"] == "/accounts/start/"
    assert client.session["_auth_user_id"] == str(person.pk)
    assert AuditEntry.objects.get(action="login.done").details["method"] == [house]


@EACH
def test_a_second_factor_is_asked_for_there_too(client, houses, house):
    person = UserFactory()
    with_app(person)
    SocialAccount.objects.create(user=person, provider=house, uid=UIDS[house])
    assert go_and_come_back(client, house)["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)


@EACH
def test_nobody_gets_an_account_by_it(client, houses, house, django_user_model):
    before = django_user_model.objects.count()
    assert go_and_come_back(client, house)["Location"] == "/accounts/login/"
    assert not is_in(client)
    assert django_user_model.objects.count() == before
    assert not SocialAccount.objects.exists()


@EACH
def test_whoever_may_no_longer_log_in_hears_the_same(client, houses, house):
    SocialAccount.objects.create(user=UserFactory(is_active=False), provider=house, uid=UIDS[house])
    assert go_and_come_back(client, house)["Location"] == "/accounts/login/"
    assert not is_in(client)


@EACH
def test_it_is_connected_from_ones_own_account_and_keeps_no_name_number_or_token(client, houses, house):
    person = UserFactory()
    client.force_login(person)
    assert go_and_come_back(client, house, "connect")["Location"].startswith("/accounts/me/")
    row = SocialAccount.objects.get(user=person, provider=house)
    assert (row.uid, row.extra_data) == (UIDS[house], {})
    assert not SocialToken.objects.exists()
    assert AuditEntry.objects.get(action="login.connect").details == {"house": house}


def test_connecting_asks_for_a_fresh_proof(client, houses):
    with time_machine.travel(timezone.now()) as clock:
        client.force_login(UserFactory())
        clock.shift(11 * 60)
        answer = client.post("/accounts/by/dingtalk/?process=connect")
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_nobody_connects_without_being_logged_in(client, houses):
    assert client.post("/accounts/by/dingtalk/?process=connect")["Location"].startswith("/accounts/login/")


def test_a_login_that_belongs_to_a_colleague_is_not_taken_over(client, houses):
    colleague, person = UserFactory(), UserFactory()
    SocialAccount.objects.create(user=colleague, provider="dingtalk", uid=UIDS["dingtalk"])
    client.force_login(person)
    go_and_come_back(client, "dingtalk", "connect")
    assert SocialAccount.objects.get().user == colleague


def test_it_is_disconnected_with_one_button(client, houses):
    person = UserFactory()
    SocialAccount.objects.create(user=person, provider="wecom", uid=UIDS["wecom"])
    client.force_login(person)
    client.post("/accounts/me/connected/wecom/end/")
    assert not SocialAccount.objects.exists()
    assert AuditEntry.objects.filter(action="login.disconnect").count() == 1


def test_wechat_work_is_asked_with_house_app_and_code(client, houses):
    SocialAccount.objects.create(user=UserFactory(), provider="wecom", uid=UIDS["wecom"])
    away = client.post("/accounts/by/wecom/")
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert (asked["appid"], asked["agentid"], asked["login_type"]) == (["ww1234"], ["1000002"], ["CorpApp"])
    client.get("/accounts/by/wecom/back/", {"state": asked["state"][0], "code": "c0de"})
    assert houses.asked == [
        ("/wecom/token", {"corpid": ["ww1234"], "corpsecret": ["s"]}),
        ("/wecom/person", {"access_token": ["t-w"], "code": ["c0de"]}),
    ]


@pytest.mark.parametrize(
    "answer", [{"errcode": 40029, "errmsg": "invalid code"}, {"errcode": 0, "openid": "a-guest"}, []]
)
def test_a_refusal_or_a_guest_of_wechat_work_is_nobody_here(client, houses, answer):
    houses.answers["/wecom/person"] = answer
    assert go_and_come_back(client, "wecom")["Location"] == "/accounts/login/"
    assert not is_in(client)


@EACH
def test_coming_back_with_a_state_that_was_never_given_logs_nobody_in(client, houses, house):
    SocialAccount.objects.create(user=UserFactory(), provider=house, uid=UIDS[house])
    answer = client.get(f"/accounts/by/{house}/back/", {"state": "forged", "code": "c0de"})
    assert answer["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_a_link_alone_sends_nobody_there(client, houses):
    """Another site could otherwise log a person in under its own name."""
    assert client.get("/accounts/by/dingtalk/").status_code == 200
