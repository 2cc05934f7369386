"""The articles that a new site begins with, written for this product. Schools change them in the editor."""

from parents.library import family, feelings, learning, safety, school

ARTICLES = [*safety.ARTICLES, *family.ARTICLES, *learning.ARTICLES, *feelings.ARTICLES, *school.ARTICLES]
"""In the order in which they are published: the last one is the newest."""
