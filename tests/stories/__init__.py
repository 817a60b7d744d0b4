"""The stories that ship in `docs/stories`: each is told as its page shows it, and comes to what the law says by hand."""
