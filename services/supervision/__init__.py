"""Supervision: cards for limits that are nearly due or broken, findings of what the acts on a case show, each with its evidence."""
