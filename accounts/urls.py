from django.urls import path

from . import own_views, redaction_urls, security_views, user_urls, views

app_name = "accounts"
urlpatterns = [
    path("", own_views.own_account, name="own"),
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("save-again/", views.save_again, name="save_again"),
    path("second-step/", views.second_factor_needed, name="second_factor"),
    path("sessions/others/end/", own_views.end_other_sessions, name="end_other_sessions"),
    path("sessions/<int:pk>/end/", own_views.end_session, name="end_session"),
    path("council/", views.sign_in_with_openid, name="openid"),
    path("council/back/", views.openid_back, name="openid_back"),
    path("council/link/", own_views.link_openid, name="link_openid"),
    path("council/unlink/", own_views.unlink_openid, name="unlink_openid"),
    path("confirm/council/", own_views.confirm_with_openid, name="confirm_with_openid"),
    path("confirm/done/", own_views.resume, name="resume"),
    path("security/", security_views.security_log, name="security_log"),
    *redaction_urls.urlpatterns,
    *user_urls.urlpatterns,
]
