"""One service's place in a database: schema, role, migrations, pool (design: architecture.md, "Database roles", "Pools")."""

from libs.database.migrate import prepare, service_url
from libs.database.pool import Connection, Pool, open_pool

__all__ = ["Connection", "Pool", "open_pool", "prepare", "service_url"]
