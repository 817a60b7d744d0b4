"""Marks that are put into a running box, and the search for them: in every form in which bytes are written down, wherever the box writes."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import quote

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.onebox import OneBox

Places = Mapping[str, bytes]
"""What was written, by where it was found."""


def forms(mark: str, *, number: bool = False) -> Iterator[bytes]:
    """A mark as it may be written down; of a `number` also its digest, which can be guessed."""
    raws = [mark.encode(), mark.encode("utf-16-le"), mark.encode("utf-16-be")]
    for raw in raws:
        yield raw
        yield from (raw.hex().encode(), raw.hex().upper().encode())
        yield from _base64(raw)
    quoted = quote(mark, safe="")
    escaped = json.dumps(mark)[1:-1]
    yield from (form.encode() for form in (quoted, quoted.lower(), escaped, escaped.upper().replace("\\U", "\\u")))
    if number:
        digest = sha256(mark.encode())
        yield from (digest.digest(), digest.hexdigest().encode(), digest.hexdigest().upper().encode(), *_base64(digest.digest()))


def _base64(raw: bytes) -> Iterator[bytes]:
    """The part of its base64 that does not hang on its neighbours, wherever it begins."""
    for ahead in range(3):
        first, last = -(-ahead * 8 // 6), (ahead + len(raw)) * 8 // 6
        yield base64.b64encode(bytes(ahead) + raw)[first:last]
        yield base64.urlsafe_b64encode(bytes(ahead) + raw)[first:last]


def found(marks: Mapping[str, bool], places: Places) -> list[str]:
    """Where which mark stands; `marks` says of each whether it is a number."""
    wanted = {mark: set(forms(mark, number=number)) for mark, number in marks.items()}
    return [
        f"{mark} in {place}" for place, written in places.items() for mark, ways in wanted.items() if any(form in written for form in ways)
    ]


# --- where the box writes ---------------------------------------------------------------------------------------------------------------


class Collector:
    """Takes what the processes export by OTLP."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        collector = self

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                packed = self.headers.get("Content-Encoding") == "gzip"
                collector.taken.append((self.path, gzip.decompress(body) if packed else body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def places(self) -> Places:
        """What was exported, by its kind."""
        return {f"otlp {path}": b"\n".join(body for at, body in self.taken if at == path) for path, _ in self.taken}

    @contextmanager
    def running(self) -> Iterator[Collector]:
        """Takes while this is open."""
        serving = threading.Thread(target=self._server.serve_forever, daemon=True)
        serving.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            serving.join()


def written(box: OneBox) -> dict[str, bytes]:
    """All that the box has written: topics, databases, logs. The vaults are looked at like everything else: what stands there is sealed."""
    return {**asyncio.run(topics(box)), **asyncio.run(databases(box)), **logs(box)}


async def topics(box: OneBox) -> dict[str, bytes]:
    """Every record of every topic: key, value, headers."""
    admin, consumer = (kind(bootstrap_servers=box.kafka.bootstrap) for kind in (AIOKafkaAdminClient, AIOKafkaConsumer))
    await admin.start()
    await consumer.start()
    try:
        rows = await admin.describe_topics(sorted(await consumer.topics()))
        return {f"topic {row['topic']}": await _records(consumer, row["topic"], len(row["partitions"])) for row in rows}
    finally:
        await consumer.stop()
        await admin.close()


async def _records(consumer: AIOKafkaConsumer, topic: str, partitions: int) -> bytes:
    places = [TopicPartition(topic, partition) for partition in range(partitions)]
    consumer.assign(places)
    await consumer.seek_to_beginning(*places)
    ends, taken = await consumer.end_offsets(places), bytearray()
    while any([await consumer.position(place) < ends[place] for place in places]):
        for records in (await consumer.getmany(*places, timeout_ms=500)).values():
            for record in records:
                taken += b"\n".join([record.key or b"", record.value or b"", *(part for _, part in record.headers)])
    return bytes(taken)


async def databases(box: OneBox) -> dict[str, bytes]:
    """Every table of every site, row by row, as PostgreSQL copies it."""
    taken: dict[str, bytes] = {}
    for site in box.sites:
        connection = await asyncpg.connect(box.postgres.url(site.database))
        try:
            for schema, table in await connection.fetch(_TABLES):
                taken[f"table {site.code} {schema}.{table}"] = await _copied(connection, schema, table)
        finally:
            await connection.close()
    return taken


_TABLES: Final = """
select table_schema, table_name from information_schema.tables
where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE' order by 1, 2"""


async def _copied(connection: asyncpg.Connection, schema: str, table: str) -> bytes:
    taken = bytearray()

    async def take(part: bytes) -> None:
        taken.extend(part)

    await connection.copy_from_query(f'select * from "{schema}"."{table}"', output=take, format="binary")
    return bytes(taken)


def logs(box: OneBox) -> dict[str, bytes]:
    """What the processes of the box have logged, and what it keeps of itself."""
    files = [*box.folder.rglob("*.log*"), *box.folder.glob("*.json"), *box.folder.glob("*/*.json"), *box.folder.glob("*/vault.erased")]
    return {f"log {path.relative_to(box.folder)}": path.read_bytes() for path in sorted(set(files)) if path.is_file()}


def lines(places: Iterable[str]) -> Sequence[str]:
    """Places without the marks, each once."""
    return sorted({place.partition(" in ")[2] for place in places})
