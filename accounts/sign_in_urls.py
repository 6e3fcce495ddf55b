"""The addresses of signing in. Their names are those that allauth looks for, so they stand outside our namespace."""

from allauth.account import views as allauth_views
from django.urls import path

from . import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path("sign-out/", views.SignOut.as_view(), name="account_logout"),
    path("confirm/", allauth_views.reauthenticate, name="account_reauthenticate"),
]
