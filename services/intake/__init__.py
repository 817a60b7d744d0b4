"""A case from filing to close."""
