"""A guardian's own place. What other apps have below /family/ stands with them."""

from django.urls import path

from xinqiao.accounts.family import views

app_name = "family"

urlpatterns = [path("", views.home, name="home")]
