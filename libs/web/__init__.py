"""Everything a service needs to speak HTTP: the application around its routes, who is asking, problems, headers, pages."""

from libs.web.accounts import Account, Accounts, GrantRow, NotAllowed, grant_of
from libs.web.acting import TypedBefore, acting
from libs.web.addresses import Inner, inner, local
from libs.web.answers import FeedEvent, FeedResponse, PositionAnswer, WrittenAnswer, many, row_answer
from libs.web.app import make_app
from libs.web.bodies import MaxBody
from libs.web.commands import CommandRoute, add_commands
from libs.web.declared import REFUSES
from libs.web.entrance import IDLE, KEPT_FORM, KEPT_FORMS, LONGEST_SESSION, RATES, Entrance, KeptForms, Limits, Sessions
from libs.web.envelope import Envelope, answer, done_answer, envelope, hosted, node_of_case, unstored
from libs.web.finding import SearchedKind, sought
from libs.web.forms import (
    After,
    CasePath,
    Epoch,
    EpochPath,
    FeedSize,
    NodePath,
    PageSize,
    RowNumbers,
    SequenceQuery,
    ServicePath,
    Source,
    SubjectPath,
)
from libs.web.front import Limited, going, set_session
from libs.web.listing import ListAsk, ListColumn, list_ask, listed
from libs.web.pages import NavLink, Pages
from libs.web.passing import passing_entrance
from libs.web.passwords import hashed, made_up
from libs.web.problems import NotYet, Problem, Rule, problem_for, respond
from libs.web.reads import LateReads, Reads, WatchedRead, record_reads, unrecorded
from libs.web.sealing import Sealed, new_key, open_fields, row_of, seal_fields
from libs.web.signin import FromHere, cookie_name, is_secure, require, session_cookie, shown_by

__all__ = [
    "Account",
    "Accounts",
    "After",
    "CasePath",
    "CommandRoute",
    "Entrance",
    "Envelope",
    "Epoch",
    "EpochPath",
    "FeedEvent",
    "FeedResponse",
    "IDLE",
    "KEPT_FORM",
    "KEPT_FORMS",
    "KeptForms",
    "LONGEST_SESSION",
    "FromHere",
    "LateReads",
    "Limited",
    "Limits",
    "RATES",
    "Sealed",
    "SearchedKind",
    "Sessions",
    "FeedSize",
    "GrantRow",
    "PageSize",
    "Inner",
    "ListAsk",
    "ListColumn",
    "MaxBody",
    "NavLink",
    "NodePath",
    "NotAllowed",
    "NotYet",
    "Pages",
    "PositionAnswer",
    "Problem",
    "REFUSES",
    "WatchedRead",
    "Reads",
    "RowNumbers",
    "Rule",
    "SequenceQuery",
    "ServicePath",
    "Source",
    "SubjectPath",
    "TypedBefore",
    "WrittenAnswer",
    "acting",
    "add_commands",
    "answer",
    "cookie_name",
    "done_answer",
    "envelope",
    "going",
    "grant_of",
    "hashed",
    "hosted",
    "inner",
    "is_secure",
    "list_ask",
    "listed",
    "local",
    "made_up",
    "make_app",
    "new_key",
    "open_fields",
    "passing_entrance",
    "row_of",
    "seal_fields",
    "session_cookie",
    "set_session",
    "many",
    "node_of_case",
    "problem_for",
    "require",
    "record_reads",
    "respond",
    "unrecorded",
    "row_answer",
    "shown_by",
    "unstored",
    "sought",
]
