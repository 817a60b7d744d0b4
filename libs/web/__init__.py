"""Everything a service needs to speak HTTP: the application around its routes, who is asking, problems, headers, pages."""

from libs.web.accounts import Account, Accounts, Role
from libs.web.app import make_app
from libs.web.envelope import Envelope, answer, done_answer, envelope, hosted, node_of_case
from libs.web.forms import (
    CASE_NUMBER,
    CLOCK_NAME,
    NODE_CODE,
    CasePath,
    Day,
    Epoch,
    Form,
    Moment,
    Name,
    NodePath,
    PageSize,
    SequenceQuery,
    Staff,
    Text,
    Title,
    Titles,
    Word,
)
from libs.web.pages import NavLink, Pages
from libs.web.problems import Rule, problem_for
from libs.web.signin import require

__all__ = [
    "Account",
    "Accounts",
    "CASE_NUMBER",
    "CLOCK_NAME",
    "CasePath",
    "Day",
    "Envelope",
    "Epoch",
    "Form",
    "PageSize",
    "Moment",
    "NODE_CODE",
    "Name",
    "NavLink",
    "NodePath",
    "Pages",
    "Role",
    "Rule",
    "SequenceQuery",
    "Staff",
    "Text",
    "Title",
    "Titles",
    "Word",
    "answer",
    "done_answer",
    "envelope",
    "hosted",
    "make_app",
    "node_of_case",
    "problem_for",
    "require",
]
