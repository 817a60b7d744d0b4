"""A box run by its command, of this checkout or another: started, found by its box.json, measured from outside, stopped, erased."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx2

from services.onebox import Door, SiteOfBox, publish
from services.onebox.sites import started

HERE: Final = Path(__file__).parents[2]
START_SECONDS: Final = 180.0
STOP_SECONDS: Final = 180.0


class BoxByCommand:
    """`liandong up --no-seed` of `checkout`, in `folder`."""

    def __init__(self, folder: Path, checkout: Path = HERE) -> None:
        self.folder, self.checkout = folder, checkout.resolve()
        self._process: subprocess.Popen[bytes] | None = None
        self.sites: dict[str, SiteOfBox] = {}

    @property
    def pid(self) -> int:
        """The command's process; everything of the box is below it. Raises `LookupError` when it does not run."""
        if self._process is None or self._process.poll() is not None:
            raise LookupError(f"{self.folder} does not run; its log: {self._log}")
        return self._process.pid

    @property
    def city(self) -> SiteOfBox:
        return self.sites["511500"]

    @property
    def county(self) -> SiteOfBox:
        return self.sites["511525"]

    @property
    def _log(self) -> Path:
        return self.folder.with_suffix(".log")

    @property
    def _env(self) -> dict[str, str]:
        return {**os.environ, "LIANDONG_BOX": str(self.folder)}

    def _command(self, *words: str) -> list[str]:
        return [str(self.checkout / ".venv" / "bin" / "liandong"), *words]

    def start(self) -> float:
        """Seconds from the command to the city's first page; returns when all sites are up."""
        began = time.monotonic()
        with self._log.open("ab") as log:
            command = self._command("up", "--no-seed")
            self._process = subprocess.Popen(command, cwd=self.checkout, env=self._env, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self._until((self.folder / "box.json").exists)
        self._read()
        self._until(self._shows_a_page)
        took = time.monotonic() - began
        self._until(lambda: all(_is_up(site) for site in self.sites.values()))
        return took

    def _until(self, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + START_SECONDS
        while not reached():
            if time.monotonic() > end or self._process is None or self._process.poll() is not None:
                raise self._not_started()
            time.sleep(0.05)

    def _not_started(self) -> RuntimeError:
        return RuntimeError(f"{self.folder} did not start:\n{self._log.read_text(errors='replace')[-2000:]}")

    def _read(self) -> None:
        rows = json.loads((self.folder / "box.json").read_bytes())["sites"]
        self.sites = {
            row["code"]: SiteOfBox(
                row["code"], row["nodes"], row["port"], row["tokens"], self.folder / row["code"], row.get("passwords", {})
            )
            for row in rows
        }

    def _shows_a_page(self) -> bool:
        try:
            return httpx2.get(self.city.address, headers={"Accept": "text/html"}, follow_redirects=True, timeout=2).is_success
        except httpx2.HTTPError:
            return False

    def publish(self) -> None:
        """Publishes the county's items, and waits until a case can be filed under the first."""
        with Door(self.county, f"bench-{time.time_ns()}") as door:
            publish(door, self.county.code)
            door.file(self.county.code, "warm", {"item": "LD-511A-0001", "channel": "counter", "materials": []})

    def stop(self) -> None:
        """In order, as Ctrl-C does it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP_SECONDS)
            self._process = None

    def erase(self) -> None:
        """Stops it and removes all of it, by its own command."""
        self.stop()
        command = self._command("down", "--erase")
        subprocess.run(command, cwd=self.checkout, env=self._env, check=True, capture_output=True, timeout=STOP_SECONDS)
        self._log.unlink()


def _is_up(site: SiteOfBox) -> bool:
    """Whether the site says that all of it is ready."""
    try:
        return started(httpx2.get(f"{site.address}/health/ready", timeout=2).json())
    except httpx2.HTTPError:
        return False
