"""Everything a service needs to speak HTTP: the application around its routes, who is asking, problems, headers, pages."""

from libs.web.accounts import Account, Accounts, NotAllowed, Role, covers
from libs.web.app import make_app
from libs.web.headers import IdempotencyKey, IfMatch, etag
from libs.web.pages import CHINA, Link, Pages, prefers_html
from libs.web.problems import Problem, Rule, problem_for
from libs.web.signin import require

__all__ = [
    "CHINA",
    "Account",
    "Accounts",
    "IdempotencyKey",
    "IfMatch",
    "Link",
    "NotAllowed",
    "Pages",
    "Problem",
    "Role",
    "Rule",
    "covers",
    "etag",
    "make_app",
    "prefers_html",
    "problem_for",
    "require",
]
