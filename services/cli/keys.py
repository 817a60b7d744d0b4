"""`liandong keys …`: the key-encryption keys of each site's vault are rotated while it runs, and the old ones taken out when they wrap nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from libs.forms import Unreadable, why_not
from libs.vault import add_key, drop_keys
from services.cli.operate import ask, running_box
from services.cli.saying import console, fail, say_json
from services.onebox import SiteOfBox

REWRAP_SECONDS: Final = 3600.0
WHICH: Final = "请写明是哪一种密钥：--vault（保险库的密钥加密密钥）"


def rotate(*, vault: bool, as_json: bool) -> None:
    """Adds a key where all is wrapped by one, else goes on with the rotation that was begun; then has everything wrapped anew."""
    if not vault:
        fail(WHICH, 2)
    found = {site.code: _rotated(site) for site in running_box().sites}
    if as_json:
        say_json(found)
        return
    for code, one in found.items():
        how = "新密钥" if one["added"] else "接着上次，密钥"
        console.print(
            f"{code}：{how} {one['kek']}，重新包裹 {one['rewrapped']} 份；旧密钥不再使用，可运行 liandong keys drop --vault", soft_wrap=True
        )


def drop(*, vault: bool, as_json: bool) -> None:
    """Takes every key but the newest out of the files. Ends with 3, and takes none, where one still wraps something."""
    if not vault:
        fail(WHICH, 2)
    sites = running_box().sites
    uses = {site.code: _uses(site) for site in sites}
    if busy := [code for code, keys in uses.items() if any(key["wraps"] and not key["newest"] for key in keys)]:
        fail(f"{'、'.join(busy)} 还有数据由旧密钥包裹；先运行 liandong keys rotate --vault", 3)
    found = {site.code: _dropped(site, uses[site.code]) for site in sites}
    if as_json:
        say_json(found)
        return
    for code, gone in found.items():
        said = f"已删除旧密钥 {'、'.join(gone)}；更早的数据库备份里的个人信息从此不能读" if gone else "没有旧密钥"
        console.print(f"{code}：{said}", soft_wrap=True)


def _rotated(site: SiteOfBox) -> dict[str, Any]:
    begun = any(key["wraps"] and not key["newest"] for key in _uses(site))
    if not begun:
        _on_file(site, lambda: add_key(site.vault_keys))
    done = ask(site, "POST", "/vault/keys/rewrap", timeout=REWRAP_SECONDS)
    if done["left"]:
        fail(f"{site.code} 还有 {done['left']} 份由旧密钥包裹；请再运行一次 liandong keys rotate --vault", 3)
    newest = next(key["kek"] for key in _uses(site) if key["newest"])
    return {"kek": newest, "added": not begun, "rewrapped": done["rewrapped"]}


def _uses(site: SiteOfBox) -> Sequence[dict[str, Any]]:
    """The keys of a site's vault. Ends the command with 3 where one is missing that still wraps something."""
    keys: Sequence[dict[str, Any]] = ask(site, "GET", "/vault/keys")["keys"]
    if missing := [key["kek"] for key in keys if key["missing"]]:
        fail(f"{site.code} 的 {site.vault_keys} 缺少密钥 {'、'.join(missing)}，由它包裹的个人信息读不出；请从备份放回这个文件", 3)
    return keys


def _dropped(site: SiteOfBox, keys: Sequence[dict[str, Any]]) -> list[str]:
    old = [key["kek"] for key in keys if not key["newest"]]
    if old:
        _on_file(site, lambda: drop_keys(site.vault_keys, old))
    return old


def _on_file(site: SiteOfBox, change: Callable[[], object]) -> None:
    try:
        change()
    except Unreadable as no:
        fail(str(no), 3)
    except OSError as error:
        fail(f"{site.vault_keys} 不能写：{why_not(error)}", 2)
