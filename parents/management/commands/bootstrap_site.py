"""Make an empty site usable: home, help now, privacy, topics, the parents' index, its first articles, who may edit."""

import json

from django.core.management.base import BaseCommand

from content.bootstrap import ensure_site
from parents.bootstrap import ensure_articles, ensure_parents
from xinqiao.accounts.groups import ensure_groups


class Command(BaseCommand):
    help = "Make the public pages of a new site. Pages that exist are left as they are."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--school-name", default="", help="shown on the home page and under articles")
        parser.add_argument("--without-articles", action="store_true", help="leave the parents' index empty")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options) -> None:
        home = ensure_site(options["school_name"])
        index = ensure_parents(home)
        made = [] if options["without_articles"] else ensure_articles(index)
        ensure_groups()
        if options["json"]:
            self.stdout.write(json.dumps({"home": home.url, "parents": index.url, "articles_made": len(made)}))
        else:
            self.stdout.write(f"The public pages stand. Articles made: {len(made)}.")
