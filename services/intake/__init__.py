"""A case from filing to delivery."""
