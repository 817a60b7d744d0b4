"""What is filled in of a person, an organisation, an agent, a text. Personal fields are masked wherever they are shown by accident."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, RootModel, SecretStr
from pydantic_core import PydanticCustomError

from libs.codes import credit_code_fault
from libs.forms import SubjectId, Title
from libs.vault import (
    AGENT,
    MOST_BYTES,
    ORGANISATION,
    PERSON,
    TEXT,
    Announced,
    Confided,
    HiddenFileName,
    HiddenForm,
    HiddenLine,
    HiddenName,
    HiddenPhone,
    HiddenText,
    ResidentNumber,
)


def _credit_code(code: str) -> str:
    if (fault := credit_code_fault(code)) is not None:
        raise PydanticCustomError("not-well-formed", "统一社会信用代码{fault}", {"fault": fault})
    return code


CreditCode = Annotated[
    str, Field(min_length=1, max_length=18, json_schema_extra={"pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$"}), AfterValidator(_credit_code)
]


class PersonForm(HiddenForm):
    """A natural person, by identity number (GB 11643)."""

    kind: Literal["person"]
    name: HiddenName
    resident_id: ResidentNumber
    phone: HiddenPhone | None = None
    address: HiddenLine | None = None
    email: HiddenLine | None = None

    def confided(self) -> Confided:
        """What is kept of it."""
        hidden = _hidden(self, "name", "resident_id", "phone", "address", "email")
        return Confided(kind=PERSON, hidden=hidden, alike={PERSON: hidden["resident_id"]})


class OrganisationForm(HiddenForm):
    """An organisation, public by name and credit code (GB 32100); whom to ask there is not."""

    kind: Literal["organisation"]
    name: Title
    uscc: CreditCode
    contact_name: HiddenName | None = None
    contact_phone: HiddenPhone | None = None
    address: HiddenLine | None = None

    def confided(self) -> Confided:
        """What is kept of it."""
        hidden = _hidden(self, "contact_name", "contact_phone", "address")
        return Confided(kind=ORGANISATION, hidden=hidden, alike={ORGANISATION: self.uscc}, public={"name": self.name, "uscc": self.uscc})


class AgentForm(HiddenForm):
    """代办: who acts for a subject that is kept here, by which power of attorney."""

    kind: Literal["agent"]
    acts_for: SubjectId
    document: HiddenLine
    name: HiddenName
    resident_id: ResidentNumber
    phone: HiddenPhone | None = None

    def confided(self) -> Confided:
        """What is kept of it."""
        hidden = _hidden(self, "name", "resident_id", "phone", "document")
        return Confided(kind=AGENT, hidden=hidden, alike={PERSON: hidden["resident_id"]}, whose=self.acts_for)


class TextForm(HiddenForm):
    """What a citizen wrote; `author` is the subject who did, if it is one that is kept here."""

    model_config = ConfigDict(str_strip_whitespace=False)
    kind: Literal["text"]
    text: HiddenText
    author: SubjectId | None = None

    def confided(self) -> Confided:
        """What is kept of it."""
        return Confided(kind=TEXT, hidden=_hidden(self, "text"), whose=self.author or "")


class UploadForm(HiddenForm):
    """A document before it comes: the name its owner gave it, what it is said to be, how large it is."""

    model_config = ConfigDict(str_strip_whitespace=False)
    name: HiddenFileName
    type: Literal[
        "application/pdf",
        "image/jpeg",
        "image/png",
        "application/ofd",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]
    size: Annotated[int, Field(ge=1, le=MOST_BYTES)]

    def announced(self) -> Announced:
        """What it is said to be."""
        return Announced(self.name.get_secret_value(), self.type, self.size)


class FinishForm(HiddenForm):
    """The SHA-256 of the whole, as its sender has it."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SubjectForm(RootModel[Annotated[PersonForm | OrganisationForm | AgentForm | TextForm, Field(discriminator="kind")]]):
    """Any of them, by its kind."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    def confided(self) -> Confided:
        """What is kept of it."""
        return self.root.confided()


def _hidden(form: HiddenForm, *names: str) -> dict[str, str]:
    """The values of these fields, of those that are filled in."""
    values: dict[str, SecretStr | None] = {name: value for name, value in form if name in names}
    return {name: value.get_secret_value() for name, value in values.items() if value is not None}
