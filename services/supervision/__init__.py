"""Cards and findings: what went wrong, with evidence."""
