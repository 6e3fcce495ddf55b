"""A pack of the full plan, and the people it goes through: Mira prepares it, Rita of democratic services signs and
publishes it."""

from hashlib import sha256
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile

from accounts.history import save_with_reason
from accounts.models import User
from plans import file_store
from plans.models import Document, Plan, PlanMembership
from plans.operations import give_role
from reports.edition_operations import freeze_pack, publish_edition, sign_edition
from reports.models import Edition, Pack
from reports.pack_operations import add_paper, start_pack
from reports.tasks import make_edition
from tests.stage import standing

from .full_plan import AS_AT


@standing
def officer(plan: Plan, people: SimpleNamespace) -> User:
    """Rita, who reports to committees."""
    user = User.objects.create_user("rita@council.example", name="Rita Reporting")
    give_role(plan=plan, user=user, role=PlanMembership.Role.REPORTING_OFFICER, by=people.manager)
    return user


@standing
def pack(full_plan: Any, plan: Plan, people: SimpleNamespace) -> Pack:
    """A draft with two papers, quick to make."""
    pack = start_pack(plan=plan, title="Cabinet, 14 June 2011", as_at=AS_AT, by=people.manager)
    add_paper(
        pack=pack, kind="milestones", formats=["html", "csv", "json"], title="Appendix 1: milestones", by=people.manager
    )
    add_paper(pack=pack, kind="recommendations", formats=["html"], by=people.manager)
    return pack


def frozen(pack: Pack, by: User) -> Edition:
    """The next edition, with all its files."""
    edition = freeze_pack(pack=pack, by=by)
    make_edition.call(edition.pk)
    return edition


def published(pack: Pack, by: User, officer: User) -> Edition:
    edition = frozen(pack, by)
    sign_edition(edition=edition, by=officer)
    publish_edition(edition=edition, confirmed=[], by=officer)
    return edition


def stored_file(plan: Plan, name: str, data: bytes, by: User) -> Document:
    """A PDF of a plan as it lies in the folder of files, with its record. Belongs inside an operation."""
    document = Document(
        council=plan.council,
        plan=plan,
        name=name,
        kind="pdf",
        size=len(data),
        sha256=sha256(data).hexdigest(),
        stored_as=file_store.write(ContentFile(data)),
        uploaded_by=by,
    )
    return save_with_reason(document, reason="Added", by=by)
