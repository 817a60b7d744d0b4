"""What people and programs fill in, at every door: the fields of requests and files, JSON read strictly, and what is wrong in Chinese."""

from libs.forms.fields import (
    CASE_NUMBER,
    CLOCK_NAME,
    NODE_CODE,
    SUBJECT_ID,
    Day,
    Form,
    LongText,
    Moment,
    Name,
    Staff,
    SubjectId,
    Text,
    Title,
    Titles,
    Visible,
    Word,
)
from libs.forms.files import json_file, json_form, read_file, toml_form, why_not
from libs.forms.reading import Unreadable, form_of, place_of, strict_json
from libs.forms.sentences import because_of
from libs.forms.sites import NodeCode, NodeRow, Port, Registry

__all__ = [
    "CASE_NUMBER",
    "CLOCK_NAME",
    "Day",
    "Form",
    "LongText",
    "Moment",
    "NODE_CODE",
    "SUBJECT_ID",
    "SubjectId",
    "Name",
    "NodeCode",
    "NodeRow",
    "Port",
    "Registry",
    "Visible",
    "Staff",
    "Text",
    "Title",
    "Titles",
    "Unreadable",
    "Word",
    "because_of",
    "form_of",
    "json_file",
    "json_form",
    "place_of",
    "read_file",
    "strict_json",
    "toml_form",
    "why_not",
]
