"""Everything a service needs to speak HTTP: the application around its routes, who is asking, problems, headers, pages."""

from libs.web.accounts import Account, Accounts, NotAllowed, Role, covers
from libs.web.app import make_app
from libs.web.envelope import Envelope, answer, done_answer, envelope, hosted, node_of_case
from libs.web.forms import CASE, NODE, CasePath, Day, Epoch, Form, Limit, Moment, Name, Names, NodePath, Sequence, Staff, Text, Word
from libs.web.headers import IdempotencyKey, IfMatch, etag
from libs.web.pages import NavLink, Pages, prefers_html
from libs.web.problems import Problem, Rule, problem_for
from libs.web.signin import require

__all__ = [
    "Account",
    "Accounts",
    "CASE",
    "CasePath",
    "Day",
    "Envelope",
    "Epoch",
    "Form",
    "IdempotencyKey",
    "IfMatch",
    "Limit",
    "Moment",
    "NODE",
    "Name",
    "Names",
    "NavLink",
    "NodePath",
    "NotAllowed",
    "Pages",
    "Problem",
    "Role",
    "Rule",
    "Sequence",
    "Staff",
    "Text",
    "Word",
    "answer",
    "covers",
    "done_answer",
    "envelope",
    "etag",
    "hosted",
    "make_app",
    "node_of_case",
    "prefers_html",
    "problem_for",
    "require",
]
