"""Search in Chinese: words are cut the same way when a page is indexed and when somebody asks."""
