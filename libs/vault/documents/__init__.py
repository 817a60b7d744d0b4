"""Documents of the vault: what may be one, how it comes in pieces, what is taken out of it, how it is scanned, kept and given out.

Read `kept` (rows and bounds), `content` and `photos` (what a file is, and what stays of it), `scanning`, `postgres`, then `documents`.
"""

from libs.vault.documents.content import DOCX, ENDINGS, JPEG, OFD, PDF, PNG, XLSX, checked_type
from libs.vault.documents.documents import Documents, told
from libs.vault.documents.kept import (
    ABANDONED,
    CHUNK,
    CLEAN,
    LEAST_PIECE,
    MOST_BYTES,
    MOST_KEPT,
    MOST_OPEN,
    MOST_PIECE,
    NOT_SCANNED,
    Announced,
    Gone,
    KeptDocument,
    Label,
    NotTaken,
    Upload,
    Why,
)
from libs.vault.documents.names import disposition, given_name
from libs.vault.documents.photos import MOST_PIXELS, stripped
from libs.vault.documents.postgres import PgDocuments
from libs.vault.documents.scanning import ADDRESS, Clamd, Scanner, ScannerAway

__all__ = [
    "ABANDONED",
    "ADDRESS",
    "Announced",
    "CHUNK",
    "CLEAN",
    "Clamd",
    "DOCX",
    "Documents",
    "ENDINGS",
    "Gone",
    "JPEG",
    "KeptDocument",
    "LEAST_PIECE",
    "Label",
    "MOST_BYTES",
    "MOST_KEPT",
    "MOST_OPEN",
    "MOST_PIECE",
    "MOST_PIXELS",
    "NOT_SCANNED",
    "NotTaken",
    "OFD",
    "PDF",
    "PNG",
    "PgDocuments",
    "Scanner",
    "ScannerAway",
    "Upload",
    "Why",
    "XLSX",
    "checked_type",
    "disposition",
    "given_name",
    "stripped",
    "told",
]
