"""The form in which a partner proposes an update."""

from datetime import date
from typing import Any

from plans.schemes import Scheme

from .forms import OUTCOME_FIELDS, UpdateForm
from .models import Milestone, ProgressUpdate, ProposedUpdate
from .personal_links import words_of


class ProposalForm(UpdateForm):
    """What an update declares, asked of somebody who has no account, as at today. `basis` is the update that counts;
    `proposal` is theirs that waits or came back, which they write on."""

    def __init__(
        self,
        *args: Any,
        milestone: Milestone,
        scheme: Scheme,
        basis: ProgressUpdate | None,
        today: date,
        proposal: ProposedUpdate | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, milestone=milestone, scheme=scheme, newest=basis, today=today, **kwargs)
        for name in ("as_at", "last_seen", *OUTCOME_FIELDS):
            self.fields.pop(name, None)
        if proposal is not None:
            self.initial.update(words_of(proposal))
