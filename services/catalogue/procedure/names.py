"""Names in a procedure: of steps, posts, materials, department. None is blank; two that look the same are the same (P-names-folded)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from libs.codes import folded, without_marks
from services.catalogue.events import ProcedurePublished, SpecialLaw
from services.catalogue.law import refused


def plain(text: str) -> str:
    """The text without what nobody sees: format characters anywhere, spaces at both ends."""
    return without_marks(text).strip()


def twice(names: Iterable[str]) -> bool:
    """Whether two of the names are the same."""
    found = [folded(name) for name in names]
    return len(set(found)) != len(found)


def trimmed(told: ProcedurePublished) -> ProcedurePublished:
    """The procedure with every name and citation plain."""
    department, remedies = told.department, told.remedies
    return replace(
        told,
        basis=plain(told.basis),
        special=SpecialLaw(statutory_days=plain(told.special.statutory_days), extension_days=plain(told.special.extension_days)),
        steps=tuple(replace(step, name=plain(step.name), post=plain(step.post)) for step in told.steps),
        materials=tuple(replace(material, name=plain(material.name)) for material in told.materials),
        suspensions=tuple(replace(stop, approver_post=plain(stop.approver_post)) for stop in told.suspensions),
        department=department and replace(department, name=plain(department.name)),
        remedies=remedies
        and replace(remedies, reconsider_at=plain(remedies.reconsider_at), sue_at=plain(remedies.sue_at), basis=plain(remedies.basis)),
    )


def check_names(told: ProcedurePublished) -> None:
    """Refuses a step, a post or a material without a name; those of department and remedies are asked for with them."""
    steps = [name for step in told.steps for name in (step.name, step.post)]
    if not all((*steps, *(material.name for material in told.materials), *(stop.approver_post for stop in told.suspensions))):
        raise refused("blank-name")
