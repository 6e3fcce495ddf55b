"""The addresses that allauth looks for by names of its own, so they stand outside our namespace.

All of the others it has are left out: nobody signs up, and nobody manages e-mail addresses here.
"""

from allauth.mfa.recovery_codes import views as recovery_views
from django.urls import path, reverse_lazy
from django.views.generic import RedirectView

from . import own_views, views
from .sudo import sudo_required

own_page = RedirectView.as_view(url=reverse_lazy("accounts:own"))

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path("sign-out/", views.SignOut.as_view(), name="account_logout"),
    path("sign-up/", views.no_sign_up, name="account_signup"),
    path("confirm/", own_views.ConfirmPassword.as_view(), name="account_reauthenticate"),
    path("confirm/code/", own_views.ConfirmCode.as_view(), name="mfa_reauthenticate"),
    path("confirm/passkey/", own_views.ConfirmPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    # A new password
    path("password/", sudo_required(own_views.ChangePassword.as_view()), name="account_change_password"),
    path("password/set/", own_page, name="account_set_password"),
    path("password/forgotten/", views.AskForLink.as_view(), name="account_reset_password"),
    path("password/forgotten/sent/", views.LinkSent.as_view(), name="account_reset_password_done"),
    path("password/new/<str:uidb36>/<str:key>/", views.NewPassword.as_view(), name="account_reset_password_from_key"),
    # The second step
    path("sign-in/second-step/", views.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", views.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("second-step/all/", own_page, name="mfa_index"),
    path("second-step/app/", sudo_required(own_views.SetUpApp.as_view()), name="mfa_activate_totp"),
    path("second-step/app/remove/", sudo_required(own_views.RemoveApp.as_view()), name="mfa_deactivate_totp"),
    path("second-step/passkeys/", own_page, name="mfa_list_webauthn"),
    path("second-step/passkeys/add/", sudo_required(own_views.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("second-step/passkeys/<int:pk>/", sudo_required(own_views.NamePasskey.as_view()), name="mfa_edit_webauthn"),
    path(
        "second-step/passkeys/<int:pk>/remove/",
        sudo_required(own_views.RemovePasskey.as_view()),
        name="mfa_remove_webauthn",
    ),
    path(
        "second-step/codes/",
        sudo_required(recovery_views.ViewRecoveryCodesView.as_view()),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-step/codes/new/",
        sudo_required(recovery_views.GenerateRecoveryCodesView.as_view()),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "second-step/codes/download/",
        sudo_required(recovery_views.DownloadRecoveryCodesView.as_view()),
        name="mfa_download_recovery_codes",
    ),
]
