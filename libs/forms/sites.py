"""What settings and files say of sites and nodes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from libs.forms.fields import NODE_CODE, Form, Title, Word

NodeCode = Annotated[str, Field(pattern=rf"^{NODE_CODE}$")]
Port = Annotated[int, Field(ge=1, le=65_535)]


class NodeRow(Form):
    """A node hosted by a site."""

    code: NodeCode
    name: Title
    parent: Annotated[str, Field(pattern=rf"^({NODE_CODE})?$")] = ""


class RegistryRow(Form):
    """A site in the network: the key it signs with, where it answers, the nodes it hosts."""

    site: NodeCode
    key: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    public_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]
    address: Word
    nodes: Annotated[tuple[NodeRow, ...], Field(min_length=1)]


class Registry(Form):
    """Who is in the network."""

    sites: tuple[RegistryRow, ...]
