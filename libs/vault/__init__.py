"""The vault: personal data and citizens' free text per random subject id, sealed under a key of its own, found again by digest, erasable.

Read `subjects` (what is kept), `sealing` and `keys` (how), `lookup` (how the same person is found), `erasing`, then `vault`.
"""

from libs.vault.erasing import ErasedFile, ErasedLine
from libs.vault.follow import TooOften
from libs.vault.hidden import HiddenForm, HiddenLine, HiddenName, HiddenPhone, HiddenText, ResidentNumber
from libs.vault.keys import Keyring, add_key, create_keys, drop_keys
from libs.vault.memory import MadeUpKeys, MemoryRows
from libs.vault.postgres import PgRows
from libs.vault.sealing import DataKey, Spoilt, Wrapped
from libs.vault.subjects import AGENT, ORGANISATION, PERSON, TEXT, Confided, KeptSubject, VaultRows
from libs.vault.vault import Vault, VaultPort, made_up_vault, no_vault

__all__ = [
    "AGENT",
    "ORGANISATION",
    "PERSON",
    "TEXT",
    "DataKey",
    "Confided",
    "ErasedFile",
    "ErasedLine",
    "HiddenForm",
    "HiddenLine",
    "HiddenName",
    "HiddenPhone",
    "HiddenText",
    "KeptSubject",
    "Keyring",
    "MadeUpKeys",
    "MemoryRows",
    "PgRows",
    "ResidentNumber",
    "Spoilt",
    "TooOften",
    "Vault",
    "VaultPort",
    "VaultRows",
    "Wrapped",
    "add_key",
    "create_keys",
    "drop_keys",
    "made_up_vault",
    "no_vault",
]
