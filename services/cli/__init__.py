"""`liandong …`: the front door, commands only. Errors in one sentence with what to do next; exit codes 1 not running, 2 bad input, 3 something is wrong."""

from services.cli.commands import app

__all__ = ["app"]
