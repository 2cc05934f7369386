"""Which pages of Wagtail's admin open for whom. Only addresses without arguments; what takes one asks the same rights.

A new screen (a snippet, a viewset, a report) must be listed here, for those for whom it opens.
"""

from xinqiao.accounts.enums import Role

_EVERYONE_WITH_A_DUTY = {
    "wagtailadmin_account",
    "wagtailadmin_api:documents:listing",
    "wagtailadmin_api:images:listing",
    "wagtailadmin_api:pages:listing",
    "wagtailadmin_choose_page",
    "wagtailadmin_choose_page_anchor_link",
    "wagtailadmin_choose_page_chosen_multiple",
    "wagtailadmin_choose_page_email_link",
    "wagtailadmin_choose_page_external_link",
    "wagtailadmin_choose_page_phone_link",
    "wagtailadmin_choose_page_search",
    "wagtailadmin_dismissibles",
    "wagtailadmin_home",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_pages:search",
    "wagtailadmin_pages:search_results",
    "wagtailadmin_reports:aging_pages",
    "wagtailadmin_reports:aging_pages_results",
    "wagtailadmin_reports:page_types_usage",
    "wagtailadmin_reports:page_types_usage_results",
    "wagtailadmin_reports:site_history",
    "wagtailadmin_reports:site_history_results",
    "wagtailadmin_reports:workflow",
    "wagtailadmin_reports:workflow_results",
    "wagtailadmin_reports:workflow_tasks",
    "wagtailadmin_reports:workflow_tasks_results",
    "wagtailadmin_sprite",
    "wagtailadmin_tag_autocomplete",
    "wagtailadmin_workflows:task_chooser",
    "wagtailadmin_workflows:task_chooser_create",
    "wagtailadmin_workflows:task_chooser_results",
    "wagtaildocs:add",
    "wagtaildocs:add_multiple",
    "wagtaildocs:index",
    "wagtaildocs:index_results",
    "wagtaildocs_chooser:choose",
    "wagtaildocs_chooser:choose_results",
    "wagtaildocs_chooser:chosen_multiple",
    "wagtaildocs_chooser:create",
    "wagtailimages:add",
    "wagtailimages:add_multiple",
    "wagtailimages:index",
    "wagtailimages:index_results",
    "wagtailimages_chooser:choose",
    "wagtailimages_chooser:choose_results",
    "wagtailimages_chooser:chosen_multiple",
    "wagtailimages_chooser:create",
    "wagtailsnippetchoosers_training_question:choose",
    "wagtailsnippetchoosers_training_question:choose_results",
    "wagtailsnippetchoosers_training_question:chosen_multiple",
    "wagtailsnippetchoosers_training_questionbank:choose",
    "wagtailsnippetchoosers_training_questionbank:choose_results",
    "wagtailsnippetchoosers_training_questionbank:chosen_multiple",
}
_ARTICLES = {
    "articles:choose_parent",
    "articles:index",
    "articles:index_results",
    "topics:add",
    "topics:index",
    "topics:index_results",
}
_QUESTIONS = {
    "wagtailsnippetchoosers_training_question:create",
    "wagtailsnippetchoosers_training_questionbank:create",
    "wagtailsnippets_training_question:add",
    "wagtailsnippets_training_question:list",
    "wagtailsnippets_training_question:list_results",
    "wagtailsnippets_training_questionbank:add",
    "wagtailsnippets_training_questionbank:list",
    "wagtailsnippets_training_questionbank:list_results",
}
_PEOPLE = {
    "duties:add",
    "duties:index",
    "duties:index_results",
    "wagtailusers_users:add",
    "wagtailusers_users:index",
    "wagtailusers_users:index_results",
}
_RUNNING = {
    "outbox:index",
    "outbox:index_results",
    # The others are led on to their own place in the tree.
    "wagtailadmin_explore_root",
    "wagtailadmin_reports:locked_pages",
    "wagtailadmin_reports:locked_pages_results",
}

OPEN = {
    Role.EDITOR: _EVERYONE_WITH_A_DUTY | _ARTICLES,
    # The list of articles shows a trainer those within the trainer's part of the tree: none.
    Role.TRAINER: _EVERYONE_WITH_A_DUTY | _QUESTIONS | {name for name in _ARTICLES if name.startswith("articles:")},
    Role.ADMINISTRATOR: _EVERYONE_WITH_A_DUTY | _ARTICLES | _QUESTIONS | _PEOPLE | _RUNNING,
}
"""The names that answer 200; all others lead away (302), are refused (403), do not exist (404) or take no GET (405)."""

FOR_ANYBODY = {"wagtailadmin_sprite", "wagtailadmin_javascript_catalog"}
"""What opens without a login: icons and words of the screens, no data."""
