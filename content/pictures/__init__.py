"""Pictures: how they come in (checked and made anew), how they go out (small, sized, in one query), and our own."""
