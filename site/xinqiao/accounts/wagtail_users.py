"""Wagtail's app of users, with our screens for people. Stands in INSTALLED_APPS in place of `wagtail.users`."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersAppConfig(WagtailUsersAppConfig):
    user_viewset = "xinqiao.accounts.people_admin.PeopleViewSet"
