"""The floors: what the frameworks alone give. The product's addresses, and beside them three bare views."""

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from xinqiao.urls import urlpatterns as product


class BareForm(forms.Form):
    """As many controls as the first pass of a class shows at once: one state for each of 45 children."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for number in range(45):
            self.fields[f"child_{number}"] = forms.ChoiceField(choices=[("", "-"), ("1", "ok")], required=False)


class BareRow(models.Model):  # noqa: DJ008 - nobody reads one
    """As many bytes as a response, and nothing that guards them."""

    child = models.IntegerField()
    answers = models.BinaryField()
    total = models.IntegerField()
    level = models.CharField(max_length=8)
    saved_by = models.IntegerField()
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "benchmarks"


def bare_form(request: HttpRequest) -> HttpResponse:
    return render(request, "floors/form.html", {"form": BareForm()})


urlpatterns = [path("floor/form/", bare_form), *product]
