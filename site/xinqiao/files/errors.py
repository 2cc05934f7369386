"""Why a file is not taken, or an act on one not done: each a whole sentence for whoever chose it, which names no child."""

from django.utils.translation import gettext_lazy as _

from xinqiao.refused import Refused


class PaperRefused(Refused):
    """Nothing was kept and nothing changed. The text says what to do instead."""

    sentence = _("This file cannot be kept here.")


class NotHere(PaperRefused):
    sentence = _("This paper was taken away in the meantime. Open the page again.")


class ReasonNeeded(PaperRefused):
    sentence = _("Say in a few words why the paper is taken away.")


class TooManyPapers(PaperRefused):
    sentence = _("There are as many papers here as can be kept. Take one away first that is not needed any more.")


class ContentBroken(Exception):
    """A sealed content does not open: changed, cut off, or that of another row. Says which, never what it holds."""
