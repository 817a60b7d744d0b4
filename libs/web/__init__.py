"""Everything a service needs to speak HTTP: the application around its routes, who is asking, problems, headers, pages."""

from libs.web.accounts import Account, Accounts, NotAllowed, Role
from libs.web.addresses import Inner, inner
from libs.web.answers import FeedEvent, FeedResponse, PositionAnswer, WrittenAnswer, many, row_answer
from libs.web.app import make_app
from libs.web.bodies import MaxBody
from libs.web.commands import CommandRoute, add_commands
from libs.web.declared import REFUSES
from libs.web.envelope import Envelope, answer, done_answer, envelope, hosted, node_of_case
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
)
from libs.web.pages import NavLink, Pages
from libs.web.problems import NotYet, Problem, Rule, problem_for, respond
from libs.web.signin import require, shown_by

__all__ = [
    "Account",
    "Accounts",
    "After",
    "CasePath",
    "CommandRoute",
    "Envelope",
    "Epoch",
    "EpochPath",
    "FeedEvent",
    "FeedResponse",
    "FeedSize",
    "PageSize",
    "Inner",
    "MaxBody",
    "NavLink",
    "NodePath",
    "NotAllowed",
    "NotYet",
    "Pages",
    "PositionAnswer",
    "Problem",
    "REFUSES",
    "Role",
    "RowNumbers",
    "Rule",
    "SequenceQuery",
    "ServicePath",
    "Source",
    "WrittenAnswer",
    "add_commands",
    "answer",
    "done_answer",
    "envelope",
    "hosted",
    "inner",
    "make_app",
    "many",
    "node_of_case",
    "problem_for",
    "require",
    "respond",
    "row_answer",
    "shown_by",
]
