"""The clocks: when something is due, and what happens when nobody did it."""
