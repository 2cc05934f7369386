"""The product's addresses and one form that says what it received, as any app's form does."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import RequestContext, Template
from django.urls import path

from xinqiao.urls import urlpatterns as products_own

PAGE = Template(
    '{% load accounts %}<form method="post">{% csrf_token %}{% form_owner %}<textarea name="story"></textarea></form>'
)


@login_required
def a_form(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        if request.POST.get("break"):
            return HttpResponse("not valid", status=422)
        return JsonResponse(dict(request.POST.lists()))
    return HttpResponse(PAGE.render(RequestContext(request)))


urlpatterns = [path("a-form/", a_form, name="a_form"), *products_own]
