from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from .history import IndexedHistory, Tracked


class Operation(models.Model):
    """One completed write: when it was recorded, by whom. History rows of that instant are what it wrote."""

    recorded_at = models.DateTimeField(unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.name} at {self.recorded_at:%Y-%m-%d %H:%M:%S}"


class UserManager(BaseUserManager["User"]):
    """Users by e-mail address, upper and lower case alike."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """A user who can sign in with `password`, or not at all without one."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """A system administrator: may start plans, sees none that they hold no role on."""
        return self.create_user(email, password, is_administrator=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """Somebody who signs in. The e-mail address is the user name; what they may do is a role on a plan."""

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_administrator = models.BooleanField(default=False)

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
