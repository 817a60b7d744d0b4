"""The vault, wired: streams of subjects, codes and reads, their views, what is heard, the routes, and what others of the site may ask it."""

from __future__ import annotations

from functools import partial
from typing import Final, get_args

from libs.eventlog import Codec, Subject
from libs.host import Context, Service
from libs.vault import Documents, PgDocuments, PgRows, Vault
from services.vault import events
from services.vault.follow import FOLLOW
from services.vault.http import Desk, recording, vault_router
from services.vault.inbox import hears
from services.vault.reads import READS
from services.vault.subject import SUBJECT
from services.vault.ticker import keep_sweeping
from services.vault.views import openings_view, reads_view

CODEC: Final = Codec("vault", get_args(events.Event))


def build(context: Context) -> Service:
    """Builds the vault over what the host gives it."""
    vault = Vault(PgRows(context.pool), context.around.keyring)
    documents = Documents(PgDocuments(context.pool), vault, context.around.scanner)
    desk = Desk(context, vault, documents, Subject(SUBJECT, CODEC), Subject(FOLLOW, CODEC))
    return Service(
        name="vault",
        router=vault_router(desk),
        views=(openings_view(CODEC), reads_view(CODEC)),
        hears=(hears(vault),),
        tasks=(partial(keep_sweeping, documents, context.now),),
        opening=(desk.erase_again,),
        vault=vault,
        reads=recording(context, Subject(READS, CODEC)),
    )
