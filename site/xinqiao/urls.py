"""Every address of the product. Each app's own stand in its `urls.py`; Wagtail's pages come last."""

from allauth.account.views import LogoutView
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("health/", include("xinqiao.engines.urls")),
    path("accounts/", include("xinqiao.accounts.urls")),
    path("audit/", include("xinqiao.audit.urls")),
    path("privacy/", include("xinqiao.privacy.urls")),
    path("consents/", include("xinqiao.consents.urls")),
    path("family/", include("xinqiao.accounts.family.urls")),
    path("family/consents/", include("xinqiao.consents.family_urls")),
    path("directory/", include("xinqiao.school.urls")),
    path("records/", include("xinqiao.records.urls")),
    path("files/", include("xinqiao.files.urls")),
    path("identities/", include("xinqiao.identities.urls")),
    # Wagtail brings logins and a logout of its own; there is one of each, with its limits and its place on the trail.
    path("admin/logout/", LogoutView.as_view()),
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True), name="one_login"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("xinqiao.ui.urls")),
    path("", include("tasks.urls")),
    path("", include("content.urls")),
    path("", include("training.urls")),
    path("", include("parents.urls")),
    path("", include("screening.urls")),
    path("", include(wagtail_urls)),
]

handler400 = "xinqiao.ui.errors.bad_request"
handler403 = "xinqiao.ui.errors.forbidden"
handler404 = "xinqiao.ui.errors.not_found"
handler500 = "xinqiao.ui.errors.server_error"
