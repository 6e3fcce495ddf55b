from django.contrib.auth.views import LoginView, LogoutView

from .forms import SignInForm


class SignIn(LoginView):
    """Signs in and goes on to where the reader wanted to be; never to another site."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """Signs out by POST alone, so that a picture on another site cannot."""
