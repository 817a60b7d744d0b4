"""Apache Kafka's jars: exactly those of the committed list, each checked by its SHA-256 before every start.

`jars.sha256` is to Java what `requirements.lock` is to Python: path in the Maven repository and digest. A jar that is missing or differs
(a broken download stays in Maven's cache for ever) is deleted and fetched again by `jgo`. `write_list()` makes it anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from libs.embedded.process import EmbeddedError

LIST: Final = Path(__file__).with_name("jars.sha256")
KAFKA: Final = "org.apache.kafka:kafka_2.13:4.3.1"
LOGGER: Final = "org.slf4j:slf4j-simple:1.7.36"
"""Without it Kafka logs nothing."""
DOWNLOADS: Final = 4
TIMEOUT_SECONDS: Final = 60


class NotFetched(EmbeddedError):
    """What is listed is not here, and cannot be downloaded."""


def jars(cache: Path | None = None) -> list[Path]:
    """All jars, complete and unchanged. `cache`: a Maven repository folder, None = the user's. Raises `EmbeddedError`."""
    return fetched(listed(), cache)


def fetched(wanted: Mapping[str, str], cache: Path | None = None) -> list[Path]:
    """Files of a Maven repository by path and SHA-256, complete and unchanged. Raises `NotFetched`; `EmbeddedError` for what is another file."""
    cache = cache or _users_cache()
    with _locked(cache):
        bad = [path for path, digest in wanted.items() if _digest(cache / path) != digest]
        if bad:
            for path in bad:
                (cache / path).unlink(missing_ok=True)
            with ThreadPoolExecutor(DOWNLOADS) as pool:
                list(pool.map(lambda path: _fetch(cache, path), bad))
        for path in bad:
            if _digest(cache / path) != wanted[path]:
                raise EmbeddedError(f"下载的 {path} 与所列 SHA-256 不符；请检查网络上的 Maven 镜像后再启动")
    return [cache / path for path in wanted]


def listed() -> Mapping[str, str]:
    """Path in the repository → SHA-256, as committed."""
    rows = (line.split() for line in LIST.read_text().splitlines())
    return {path: digest for digest, path in rows}


def resolved() -> dict[str, str]:
    """What Maven's rules give for Kafka and its logger, downloaded to the user's cache: the form of `listed`. Kafka goes alone: mediation."""
    import jgo

    found = [*jgo.resolve(KAFKA), jgo.resolve(LOGGER)[0]]
    rows = {str(one.resolve().relative_to(one.context.repo_cache)): _digest(one.resolve()) or "" for one in found}
    return dict(sorted(rows.items()))


def write_list() -> None:
    """Makes `jars.sha256` anew, after a new version was chosen above."""
    rows = [f"{digest}  {path}\n" for path, digest in resolved().items()]
    LIST.write_text("".join(rows))


def _fetch(cache: Path, path: str) -> None:
    """The path says which artifact it is: group…/artifact/version/file."""
    from jgo.maven import MavenContext

    *group, artifact, version_, _ = Path(path).parts
    component = MavenContext(repo_cache=cache, timeout=TIMEOUT_SECONDS).project(".".join(group), artifact).at_version(version_)
    try:
        component.artifact(packaging=Path(path).suffix.lstrip(".")).resolve()
    except (OSError, RuntimeError) as error:
        raise NotFetched(f"不能下载 {path}（{error}）；请检查网络后再启动，已下载的会保留") from error


def _users_cache() -> Path:
    from jgo.config import GlobalSettings

    return Path(GlobalSettings.load().repo_cache)


def _digest(file: Path) -> str | None:
    if not file.exists():
        return None
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@contextmanager
def _locked(cache: Path) -> Iterator[None]:
    """One process at a time looks and downloads."""
    cache.mkdir(parents=True, exist_ok=True)
    lock = os.open(cache / ".liandong.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
