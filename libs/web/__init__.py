"""Everything a service needs to speak HTTP: the application around its routes, who is asking, problems, headers, pages."""

from libs.web.accounts import Account, Accounts, Role
from libs.web.app import make_app
from libs.web.envelope import Envelope, answer, done_answer, envelope, hosted, node_of_case
from libs.web.forms import CasePath, Epoch, NodePath, PageSize, SequenceQuery
from libs.web.pages import NavLink, Pages
from libs.web.problems import Rule, problem_for
from libs.web.signin import require

__all__ = [
    "Account",
    "Accounts",
    "CasePath",
    "Envelope",
    "Epoch",
    "PageSize",
    "NavLink",
    "NodePath",
    "Pages",
    "Role",
    "Rule",
    "SequenceQuery",
    "answer",
    "done_answer",
    "envelope",
    "hosted",
    "make_app",
    "node_of_case",
    "problem_for",
    "require",
]
