"""Topics, relay, consumers, cursors, parking (docs/one-event.md)."""

from libs.bus.hearing import Effect, Hears

__all__ = ["Effect", "Hears"]
