from django.urls import path

from . import security_views, user_urls, views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("security/", security_views.security_log, name="security_log"),
    *user_urls.urlpatterns,
]
