"""What people and programs fill in, at every door: the fields of requests and files, JSON read strictly, and what is wrong in Chinese."""

from libs.forms.fields import (
    CASE_NUMBER,
    CLOCK_NAME,
    NODE_CODE,
    Day,
    Form,
    LongText,
    Moment,
    Name,
    Staff,
    Text,
    Title,
    Titles,
    Visible,
    Word,
)
from libs.forms.reading import Unreadable, form_of, strict_json
from libs.forms.sentences import because_of

__all__ = [
    "CASE_NUMBER",
    "CLOCK_NAME",
    "Day",
    "Form",
    "LongText",
    "Moment",
    "NODE_CODE",
    "Name",
    "Visible",
    "Staff",
    "Text",
    "Title",
    "Titles",
    "Unreadable",
    "Word",
    "because_of",
    "form_of",
    "strict_json",
]
