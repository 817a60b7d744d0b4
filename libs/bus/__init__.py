"""Topics, relay, consumers, cursors, parking (design: architecture.md, steps 5 and 6)."""

from libs.bus.hearing import Effect, Hears

__all__ = ["Effect", "Hears"]
