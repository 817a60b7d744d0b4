"""Who may speak to the city: nodes and their sites, keys and their public halves, as the registry says."""

from __future__ import annotations

from libs.database import Connection
from libs.wire import node_of, signed_by
from services.hub.inbox.fetched import Evidence, Fetched, Signed, about, proof


class Speakers:
    """Nodes with their sites, keys with their sites and public halves; read anew when somebody unknown speaks."""

    def __init__(self) -> None:
        self.nodes: dict[str, str] = {}
        self.keys: dict[str, tuple[str, str]] = {}

    async def read(self, connection: Connection) -> None:
        """Reads the registry as it stands now."""
        nodes = await connection.fetch("select node, site from registry_node")
        keys = await connection.fetch("select key, site, public_key from registry_key where not revoked")
        self.nodes = {row["node"]: row["site"] for row in nodes}
        self.keys = {row["key"]: (row["site"], row["public_key"]) for row in keys}

    def knows(self, fetched: Fetched) -> bool:
        """Whether everybody who spoke in this fetch is known."""
        spoke = {node_of(source) for source, _ in fetched.events} | set(fetched.checkpoints)
        keys = {checkpoint.key for came in fetched.checkpoints.values() for checkpoint, _, _ in came}
        return spoke <= set(self.nodes) and keys <= set(self.keys)

    def admit(self, fetched: Fetched) -> None:
        """Drops events of nodes that are not in the registry; keeps of each node the newest checkpoint whose signature holds."""
        for key in [key for key in fetched.events if node_of(key[0]) not in self.nodes]:
            node = node_of(key[0])
            fetched.evidence.extend(about("unknown-node", event, f"{node} 不在登记册中") for event, _ in fetched.events.pop(key))
        for node, came in fetched.checkpoints.items():
            for entry in sorted(came, key=lambda entry: entry[0].counter, reverse=True):
                if (wrong := self._wrong(entry)) is None:
                    fetched.signed.append(entry)
                    break
                fetched.evidence.append(Evidence("checkpoint", node, f"urn:liandong:{node}", 0, entry[0].counter, wrong, proof(entry)))

    def _wrong(self, entry: Signed) -> str | None:
        checkpoint, value, signature = entry
        site = self.nodes.get(checkpoint.node)
        key = self.keys.get(checkpoint.key)
        if site is None or key is None or key[0] != site:
            return "不认识的节点或密钥"
        return None if signed_by(key[1], value, signature) else "签名不符"
