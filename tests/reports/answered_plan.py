"""A plan that answers a review, with one of everything that the recommendations report and the folder have to print."""

from datetime import date
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.history import operating, save_with_reason
from milestones.evidence_operations import add_evidence, check_evidence
from milestones.link_operations import close_recommendation
from milestones.models import Milestone
from milestones.operations import link_milestone
from milestones.outcome_operations import judge_outcome, record_assessment
from plans.documents import check_upload
from plans.models import GovernanceBody, Outcome
from plans.operations import add_recommendation, add_review
from plans.recommendation_operations import answer_review, explain_no_milestone, respond
from tests.stage import standing

#: Stands in whatever the public, or nobody, may read.
CANARY = "Zanzibar"
PUBLIC_FILE = b"What children told us.\n"


def checked(name: str, content: bytes):
    return check_upload(SimpleUploadedFile(name, content))


@standing
def answered_plan(full_plan: SimpleNamespace, people: SimpleNamespace) -> SimpleNamespace:
    """`full_plan`, with recommendations 5 (no milestone), 7 (none needed), 9 (closed), 10 (cited, not listed), a second
    review, and evidence of every sensitivity."""
    by, plan, review = full_plan.by, full_plan.plan, full_plan.review
    one, council = full_plan.one, plan.council
    with operating(by=by, name="set_the_scene"):
        for column, value in (
            ("title", "Ofsted inspection of safeguarding"),
            ("published_on", date(2011, 2, 25)),
            ("received_on", date(2011, 2, 20)),
        ):
            setattr(review, column, value)
        save_with_reason(review, ["title", "published_on", "received_on"], reason="Scene", by=by)
        one.monitoring, one.programme_ref = "Monthly report to the board.", "WS3P21WP1"
        save_with_reason(one, ["monitoring", "programme_ref"], reason="Scene", by=by)
        board = save_with_reason(
            GovernanceBody(council=council, name="Improvement Board", kind="improvement_board"), reason="Scene", by=by
        )
    answer_review(plan=plan, review=review, needs_statement=True, by=by)
    add = lambda number, **more: add_recommendation(review=review, number=number, by=by, **more)  # noqa: E731
    five = add("5", text="Write to schools.", timescale_words="Within three months", section="Within three months")
    seven = add("7", text="Keep the rota.", note="Repeated from 2008", paragraphs="57, 138")
    nine = add("9", text="Train all staff.", is_priority_action=True, addressed_to="The council")
    ten = add("10")
    link_milestone(milestone=full_plan.first, as_written="(Ofsted 10)", review=review, recommendation=ten, by=by)
    explain_no_milestone(plan=plan, recommendation=seven, reason="Done in 2010.", by=by)
    explain_no_milestone(plan=plan, recommendation=nine, reason="Trained before.", by=by)
    respond(recommendation=five, response="accepted", response_words="We will.", by=by)
    hidden = Milestone.objects.get(plan=plan, ref="3.1")
    twelve = add("12", text="Look at teams.")
    link_milestone(milestone=hidden, as_written="(Ofsted 12)", review=review, recommendation=twelve, by=by)
    peers = add_review(council=council, short_name="Peer 2010", by=by)
    peer = add_recommendation(review=peers, number="1", text="=Ask children.", by=by)
    link_milestone(milestone=full_plan.second, as_written="(Peer 1)", review=peers, recommendation=peer, by=by)

    def evidence(title, *supports, sensitivity="public", file=None, kind="audit", **more):
        return add_evidence(
            plan=plan, title=title, kind=kind, supports=list(supports), sensitivity=sensitivity, by=by,
            dated_on=date(2011, 5, 3), checked_file=checked(*file) if file else None, **more,
        )  # fmt: skip

    six, outcome = full_plan.six, Outcome.objects.filter(action=one).order_by("order")[0]
    public = evidence("What children said: “Ünïcode” ../up", six, kind="children", file=("voice.txt", PUBLIC_FILE))
    check_evidence(evidence=public, checked_by="Leon Lead", checked_on=date(2011, 5, 20), finding="supports", by=by)
    evidence("The policy", full_plan.first, kind="policy", link="https://council.example/policy")
    evidence("Minutes of the group", outcome, kind="minutes", location="Shelf 4, Town Hall")
    internal = evidence(
        f"Internal audit {CANARY}I", full_plan.first, sensitivity="internal", file=("audit.txt", b"CanaryI inside.\n")
    )
    restricted = evidence(
        f"Restricted file {CANARY}R", six, full_plan.first, sensitivity="restricted",
        file=(f"{CANARY}R.txt", b"CanaryR inside.\n"), note=f"{CANARY}R note",
    )  # fmt: skip
    evidence("Training record", nine, location="Shelf 5")
    close_recommendation(recommendation=nine, plan=plan, body=board, closed_on=date(2011, 5, 10), by=by)
    judge_outcome(outcome=outcome, judged="early_signs", judged_on=date(2011, 5, 25), note="Fewer repeats.", by=by)
    record_assessment(
        milestone=full_plan.first, as_at=date(2011, 5, 26), source="peer", assessed_by=f"{CANARY} Peer",
        finding="partly", note="One weekend was missed.", by=by,
    )  # fmt: skip
    return SimpleNamespace(
        **vars(full_plan), five=five, seven=seven, nine=nine, ten=ten, twelve=twelve, public=public,
        internal=internal, restricted=restricted, peers=peers,
    )  # fmt: skip
