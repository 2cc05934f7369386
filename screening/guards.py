"""Words for rules that the database keeps; the directory's apps use the same ones."""

from xinqiao.guards import stays, written

__all__ = ["stays", "written"]
