"""Files that editors put beside a page: looked at by what is in them, not by what they are called."""
