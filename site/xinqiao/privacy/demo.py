"""The demo school's notice: its own data are filled in and the first version is out, so that the public page says who and how long."""

from __future__ import annotations

from django.db import transaction
from django.utils import translation

from xinqiao.privacy.models import PrivacyNotice
from xinqiao.privacy.notice import publish_notice, save_settings
from xinqiao.school.demo import Demo


@transaction.atomic
def load(demo: Demo) -> None:
    """A school that has brought out a notice is left as it is."""
    if PrivacyNotice.objects.filter(school=demo.school).exists():
        return
    deputy = demo.user("deputy")
    save_settings(
        user=deputy,
        school=demo.school,
        officer="分管副校长",
        officer_duty="副校长",
        contact="学校总机转副校长室，上学日 8:00 至 17:00",
        address="心桥区心桥路 1 号",
        complaints="区教育局德育科",
        processors="没有。数据存放在学校自己的服务器上，备份加密后由学校保管。",
        more="孩子转学时，心理档案不会自动转走；需要转交的，学校会先征求您的同意。",
    )
    with translation.override("zh-hans"):  # a notice keeps the words of its day
        publish_notice(user=deputy, school=demo.school)
