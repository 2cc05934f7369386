"""What a load balancer asks."""

from django.urls import path

from xinqiao.engines import health

urlpatterns = [
    path("live/", health.live, name="health_live"),
    path("ready/", health.ready, name="health_ready"),
]
