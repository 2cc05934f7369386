"""The search page. What people ask is not stored, not logged and not counted by word."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from content.forms import SearchForm
from content.models import SiteWords, Topic
from content.search.find import find_guidance, texts_of
from content.search.limits import may_search
from content.search.snippet import marked, snippet
from content.search.words import sounds_like_crisis

RESULTS_A_PAGE = 10
SUGGESTIONS = ["不想上学", "睡不好", "发脾气", "和同学闹矛盾", "被欺凌", "手机", "亲人离世", "转学"]


@require_safe
@cache_control(private=True, no_store=True)
def search(request: HttpRequest) -> HttpResponse:
    """`/search/?q=`: help first where the question sounds like danger, then what was found."""
    question = request.GET.get("q", "")
    context: dict[str, object] = {
        "crisis": sounds_like_crisis(question),
        "words": SiteWords.for_request(request),
        "suggestions": SUGGESTIONS,
    }
    if question and not may_search(request):
        return render(request, "content/search_busy.html", context, status=429)
    topics = list(Topic.objects.all())
    form = SearchForm({"q": question, "topic": request.GET.get("topic", "")}, topics=topics)
    if form.is_valid() and form.cleaned_data["q"]:
        found = find_guidance(question=form.cleaned_data["q"], topic=form.cleaned_data["topic"])
        page_obj = Paginator(found.results, RESULTS_A_PAGE).get_page(request.GET.get("page"))
        texts = texts_of(page_obj.object_list)
        context |= {
            "asked": True,
            "loosely": found.loosely,
            "page_obj": page_obj,
            "answers": [
                {
                    "page": page,
                    "title": marked(page.title, found.words),
                    "snippet": snippet(f"{page.summary} {texts[page.pk]}", found.words),
                }
                for page in page_obj.object_list
            ],
        }
    return render(request, "content/search.html", {**context, "form": form, "topics": topics})
