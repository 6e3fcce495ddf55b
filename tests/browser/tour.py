"""The stops of the tour of the demonstration: who stands where, and what there is to see. docs/tour.md shows them."""

from dataclasses import dataclass

PLAN = "/plans/safeguarding-improvement/"
MANAGER, LEAD = "rosalind.peake@calderwick.example", "morwenna.tansley@calderwick.example"
STEERING, OFFICER = "edmund.thirlby@calderwick.example", "harriet.quoyle@calderwick.example"
ANALYST, GOVERNANCE = "tobias.quillan@calderwick.example", "bertram.ashgrove@calderwick.example"
FINANCE = "theodora.lorne@calderwick.example"
AUDITOR = "orla.penhale@meridianaudit.example"


@dataclass(frozen=True)
class Stop:
    """A page: the name of its picture, who looks at it, its address and its title. In an address “{cover}” is the cover
    report that is being written, “{part}” what finance owes of it."""

    picture: str
    who: str
    path: str
    title: str
    #: Whether it is pictured on a phone too.
    on_phone: bool = False


STOPS = (
    Stop("home-lead", LEAD, "/", "Home"),
    Stop("own-updates", LEAD, f"{PLAN}my-updates/", "updates due", on_phone=True),
    Stop("milestone", LEAD, f"{PLAN}milestones/1.1/", "1.1"),
    Stop("home-manager", MANAGER, "/", "Home"),
    Stop("plan-page", MANAGER, PLAN, "Safeguarding Improvement Plan", on_phone=True),
    Stop("fortnight", MANAGER, f"{PLAN}cycle/", "Cycle"),
    Stop("milestones", MANAGER, f"{PLAN}milestones/", "Milestones"),
    Stop("changes", MANAGER, f"{PLAN}changes/", "What changed"),
    Stop("key-issues", MANAGER, f"{PLAN}key-issues/", "Key issues"),
    Stop("check", MANAGER, f"{PLAN}check/", "Check"),
    Stop("recommendations", MANAGER, f"{PLAN}recommendations/", "Recommendations"),
    Stop("coverage", MANAGER, f"{PLAN}recommendations/coverage/", "Recommendations by theme"),
    Stop("reviews", MANAGER, "/reviews/", "Reviews"),
    Stop("meetings", MANAGER, "/meetings/", "Meetings"),
    Stop("evidence", MANAGER, f"{PLAN}evidence/", "Evidence"),
    Stop("import", MANAGER, f"{PLAN}import/", "Import"),
    Stop("dates", MANAGER, f"{PLAN}dates/", "New due dates"),
    Stop("people", MANAGER, f"{PLAN}people/", "People"),
    Stop("scorecard", ANALYST, f"{PLAN}indicators/", "Indicators"),
    Stop("indicator", ANALYST, f"{PLAN}indicators/asm45/", "Assessments"),
    Stop("figures", ANALYST, f"{PLAN}enter-figures/", "figures"),
    Stop("reports", OFFICER, f"{PLAN}reports/", "Milestone report"),
    Stop("report", OFFICER, f"{PLAN}reports/milestones/", "Milestone Report"),
    Stop("packs", OFFICER, f"{PLAN}packs/", "Packs"),
    Stop("pack", OFFICER, "/packs/1/", "Scrutiny"),
    Stop("covers", OFFICER, f"{PLAN}covers/", "Cover"),
    Stop("cover", OFFICER, PLAN + "covers/{cover}/", "Progress of the improvement plan"),
    Stop("cover-part", FINANCE, "/cover-sections/{part}/", "Comments of the Chief Finance Officer"),
    Stop("home-steering", STEERING, "/", "Home"),
    Stop("history", AUDITOR, f"{PLAN}history/", "Who changed what"),
    Stop("users", MANAGER, "/accounts/users/", "Users"),
    Stop("security-log", GOVERNANCE, "/accounts/security/", "Security log"),
)
