"""Who may speak to the city: nodes and their sites and epochs, keys and their public halves, as the registry says now."""

from __future__ import annotations

from libs.database import Connection
from libs.wire import Checkpoint, node_of, signed_by
from services.hub.inbox.feed import Key
from services.hub.inbox.fetched import Evidence, Fetched, Signed, about, proof


class Speakers:
    """Nodes with their sites, epochs, keys with their sites, public halves and whether they are revoked; read anew when the registry moved."""

    def __init__(self) -> None:
        self.version = -1
        """The registry's, as it was heard."""
        self._nodes: dict[str, str] = {}
        self._epochs: set[Key] = set()
        self._keys: dict[str, tuple[str, str, bool]] = {}

    async def hear(self, connection: Connection) -> None:
        """Reads the registry."""
        version = await connection.fetchval("select version from registry_version")
        nodes = await connection.fetch("select node, site from registry_node")
        epochs = await connection.fetch("select source, epoch from registry_epoch")
        keys = await connection.fetch("select key, site, public_key, revoked is not null as revoked from registry_key")
        self._nodes = {row["node"]: row["site"] for row in nodes}
        self._epochs = {(row["source"], row["epoch"]) for row in epochs}
        self._keys = {row["key"]: (row["site"], row["public_key"], row["revoked"]) for row in keys}
        self.version = version

    def admit(self, fetched: Fetched) -> None:
        """Drops events of nodes and epochs that are not in the registry; keeps of each node the newest checkpoint whose signature holds."""
        for key in [key for key in fetched.events if key not in self._epochs]:
            node = node_of(key[0])
            known = node in self._nodes
            kind, because = ("unknown-epoch", "登记册中没有这一来源的这一世代") if known else ("unknown-node", f"{node} 不在登记册中")
            fetched.evidence.extend(about(kind, event, because) for event, _ in fetched.events.pop(key))
        for came in fetched.checkpoints.values():
            for entry in sorted(came, key=lambda entry: entry[0].counter, reverse=True):
                if (wrong := self._wrong(entry)) is None:
                    fetched.signed.append(entry)
                    fetched.evidence.extend(self._strange(entry))
                    break
                fetched.evidence.append(wrong)

    def speaks(self, key: Key) -> bool:
        """Whether the registry knows this epoch."""
        return key in self._epochs

    def _wrong(self, entry: Signed) -> Evidence | None:
        checkpoint, value, signature = entry
        site = self._nodes.get(checkpoint.node)
        known, public, revoked = self._keys.get(checkpoint.key, ("", "", False))
        if site is None or known != site:
            return _evidence(entry, "不认识的节点或密钥", once=checkpoint.key)
        if revoked:
            return _evidence(entry, "密钥已注销", once=f"{checkpoint.key} revoked")
        return None if signed_by(public, value, signature) else _evidence(entry, "签名不符")

    def _strange(self, entry: Signed) -> list[Evidence]:
        """Evidence of every epoch that a checkpoint speaks of and the registry does not, once."""
        said = [(line.source, line.epoch) for line in entry[0].feeds if line.sequence]
        return [_epoch(entry[0], key, proof(entry[1:])) for key in said if key not in self._epochs]


def _evidence(entry: Signed, because: str, once: str = "") -> Evidence:
    node, counter = entry[0].node, entry[0].counter
    return Evidence("checkpoint", node, f"urn:liandong:{node}", 0, counter, because, proof(entry[1:]), once=once)


def _epoch(checkpoint: Checkpoint, key: Key, record: bytes) -> Evidence:
    return Evidence("unknown-epoch", checkpoint.node, *key, 0, "检查点所说的世代不在登记册中", record, once="checkpoint")
