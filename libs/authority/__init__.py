"""Who may do what (授权): acts, posts and grants as data, and one pure function that answers yes or a sentence why not (decision 0032)."""

from libs.authority.grants import EVER, NO_GRANTS, Grant, Grants, covers, may, posted
from libs.authority.posts import ACTS, POSTS, READ_ONLY, ActRow, Post, act_rows

__all__ = ["ACTS", "EVER", "NO_GRANTS", "POSTS", "READ_ONLY", "ActRow", "Grant", "Grants", "Post", "act_rows", "covers", "may", "posted"]
