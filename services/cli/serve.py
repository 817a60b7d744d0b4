"""`liandong serve box`: the process of a site."""

from __future__ import annotations

from services.cli.saying import fail


def serve(what: str) -> None:
    """Runs a site until it is told to stop."""
    if what != "box":
        fail(f"没有 {what}；目前可运行：box", 2)
    from services.box import serve as serve_box

    serve_box()
