from django.contrib.auth.backends import ModelBackend

from .models import User


class PasswordBackend(ModelBackend):
    """Users by e-mail address and password. Who signed in comes with the person they are, in one query."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("person").filter(pk=user_id).first()
        return user if self.user_can_authenticate(user) else None
