"""Users, organisations and people; the log of operations, the links that seal it, and what guards the sign-in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.text import slugify

from .emails import NOT_ASCII, can_sign_in
from .history import IndexedHistory, Tracked, TrackedQuerySet, operating, save_with_reason


class Operation(models.Model):
    """One completed write: when it was recorded, by whom. History rows of that instant are what it wrote."""

    recorded_at = models.DateTimeField(unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.name} at {self.recorded_at:%Y-%m-%d %H:%M:%S}"


class ChainLink(models.Model):
    """One operation as a chain of hashes has it: what it wrote, sealed together with the link before (chain.py).

    A plan has a chain of its own; what belongs to no plan is in the chain of the installation. Append only.
    """

    chain = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="links")
    content = models.TextField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="chain_link_number_is_unique"),
            models.UniqueConstraint(fields=["chain", "operation"], name="operation_is_once_in_a_chain"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.number}"


class HistoryGate(models.Model):
    """A row is here only inside the transaction of a redaction or a migration; the triggers look for it."""

    reason = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.reason


class UserQuerySet(TrackedQuerySet):
    def people(self) -> "UserQuerySet":
        """Those who are somebody, without the names under which the product itself writes."""
        return self.filter(is_system=False)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Users by e-mail address, upper and lower case alike."""

    def create_user(
        self, email: str, password: str | None = None, *, by: Any = None, reason: str = "User added", **extra: Any
    ) -> "User":
        """A user who can sign in with `password`, or not at all without one. Without `by`, the product adds them."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        if not can_sign_in(email):
            raise ValidationError({"email": NOT_ASCII})
        user: User = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        by = by or self.system()
        with operating(by=by, name="create_user"):
            return save_with_reason(user, reason=reason, by=by)

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """A system administrator: may start plans, sees none that they hold no role on."""
        return self.create_user(email, password, is_administrator=True, **extra)

    def system(self, name: str = "Waymark") -> "User":
        """The name under which the product itself writes where nobody asked it to; nobody can sign in as it."""
        found: User | None = self.filter(is_system=True, name=name).first()
        if found is None:
            found = self.model(email=f"{slugify(name)}@system.invalid", name=name, is_system=True, is_active=False)
            found.set_unusable_password()
            with operating(by=found, name="add_system_actor"):
                save_with_reason(found, reason="The product writes under this name", by=found)
        return found

    def get_by_natural_key(self, username: str | None) -> "User":
        found = self.with_address(username or "")
        if found is None:
            raise self.model.DoesNotExist
        return found

    def with_address(self, email: str) -> "User | None":
        """The one user with this address, in capitals or not; None for one that nobody can have.

        Compared as the index compares them that lets no two users have the same.
        """
        if not can_sign_in(email):
            return None
        found: User | None = self.alias(folded=Lower("email")).filter(folded=email.lower()).first()
        return found


class User(AbstractBaseUser, Tracked):
    """Somebody who signs in. The e-mail address is the user name; what they may do is a role on a plan.

    Two roles are of the whole installation: system administrators look after users, information governance after
    records. Users are deactivated, never deleted: their names stay on what they wrote.
    """

    bookkeeping = frozenset({"password", "last_login"})

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_administrator = models.BooleanField("system administrator", default=False)
    is_information_governance = models.BooleanField("information governance", default=False)
    is_system = models.BooleanField(default=False, editable=False)

    history = IndexedHistory(excluded_fields=["password", "last_login"])
    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_is_unique",
                violation_error_message="There is a user with this e-mail address already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Users are deactivated, never deleted.")


class Invitation(models.Model):
    """That a user was asked to sign in for the first time, or to set a new password. The link has the token alone."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Invitation of {self.user}"


class AttemptCount(models.Model):
    """How often something that can be guessed was tried since a moment; counted in a locked row (limits.py)."""

    key = models.CharField(max_length=100, unique=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"


class UsedCode(models.Model):
    """A code of an authenticator app that was accepted; it is not accepted again."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    code_digest = models.CharField(max_length=64)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_digest"], name="code_is_used_once")]

    def __str__(self) -> str:
        return f"Code of {self.user}"


class SecurityEvent(models.Model):
    """Something that matters to who may do what: a sign-in, a refusal, a role given, a redaction. Append only."""

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=40)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField("network address", max_length=45, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"


class Redaction(Tracked):
    """That words were taken out of the records for good, by two people: what kind of words, why, and when.

    The words themselves stand here only until the second person has decided (redaction.py).
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    bookkeeping = frozenset({"words"})

    words = models.TextField(blank=True)
    words_digest = models.CharField(max_length=64)
    kind_of_data = models.CharField("kind of data", max_length=200)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    places = models.PositiveIntegerField("versions changed", default=0)

    history = IndexedHistory(excluded_fields=["words"])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | ~models.Q(decided_by=models.F("proposed_by"))
                | models.Q(state="refused"),
                name="redaction_is_decided_by_a_second_person",
                violation_error_message="A redaction is decided by somebody else than the one who proposed it.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind_of_data}, {self.get_state_display()}"


class Organisation(Tracked):
    """A council or a partner whose people answer for milestones."""

    class Kind(models.TextChoices):
        COUNCIL = "council", "Council"
        NHS = "nhs", "NHS"
        POLICE = "police", "Police"
        SCHOOL = "school", "School"
        VOLUNTARY = "voluntary", "Voluntary sector"
        GOVERNMENT = "government", "Government"
        INSPECTORATE = "inspectorate", "Inspectorate"
        OTHER = "other", "Other"

    name = models.CharField(max_length=200, unique=True)
    short_name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)

    history = IndexedHistory()

    def __str__(self) -> str:
        return self.name


class Person(Tracked):
    """Somebody who can answer for a milestone, of the council or of a partner; perhaps not a user."""

    name = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    email = models.EmailField("e-mail address", blank=True)
    is_named_in_public = models.BooleanField("named in public papers", default=False)
    left_on = models.DateField(null=True, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="person"
    )

    history = IndexedHistory()

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name
