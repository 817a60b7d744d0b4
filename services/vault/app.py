"""The vault, wired: streams of subjects, codes and reads, their views, what is heard, the routes, and what others of the site may ask it."""

from __future__ import annotations

from typing import Final, get_args

from libs.eventlog import Codec, Subject
from libs.host import Context, Service
from libs.vault import PgRows, Vault
from services.vault import events
from services.vault.follow import FOLLOW
from services.vault.http import Desk, recording, vault_router
from services.vault.inbox import hears
from services.vault.reads import READS
from services.vault.subject import SUBJECT
from services.vault.views import openings_view, reads_view

CODEC: Final = Codec("vault", get_args(events.Event))


def build(context: Context) -> Service:
    """Builds the vault over what the host gives it."""
    vault = Vault(PgRows(context.pool), context.around.keyring)
    desk = Desk(context, vault, Subject(SUBJECT, CODEC), Subject(FOLLOW, CODEC))
    return Service(
        name="vault",
        router=vault_router(desk),
        views=(openings_view(CODEC), reads_view(CODEC)),
        hears=(hears(vault),),
        opening=(desk.erase_again,),
        vault=vault,
        reads=recording(context, Subject(READS, CODEC)),
    )
