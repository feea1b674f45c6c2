"""Entering, leaving, and the account's own settings."""

from django.urls import path

from huigong.people.accounts import views

app_name = "accounts"
urlpatterns = [
    path("login", views.login, name="login"),
    path("login/code", views.send_login_code, name="send-code"),
    path("logout", views.logout, name="logout"),
    path("account", views.settings_page, name="settings"),
    path("account/password", views.set_password, name="set-password"),
    path("account/password/code", views.send_password_code, name="send-password-code"),
    path("account/consent/withdraw", views.withdraw_consent, name="withdraw-consent"),
    path("account/close", views.close, name="close"),
    path("account/close/code", views.send_close_code, name="send-close-code"),
    path("account/logout-everywhere", views.log_out_everywhere, name="log-out-everywhere"),
]
