"""Pages for supervision and leaders. No rules."""
