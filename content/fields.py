"""A StreamField whose migrations do not repeat its blocks: a better help text is no change of the database."""

from wagtail.fields import StreamField


class SteadyStreamField(StreamField):
    """The column is JSON whatever its blocks are. A data migration works on that JSON (`raw_data`), not on blocks."""

    def deconstruct(self):
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs
