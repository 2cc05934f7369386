"""The articles that a new site begins with, written for this product. Schools change them in the editor."""

from parents.library import family, feelings, safety, school

ARTICLES = [*school.ARTICLES, *feelings.ARTICLES, *family.ARTICLES, *safety.ARTICLES]
"""In the order in which they are published: the last one is the newest."""
