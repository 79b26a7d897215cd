"""Addresses of signing in, of one's own account and of the administrator's pages."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.account import administration, own, partner_days, partners, views

app_name = "account"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", views.code, name="code"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("duty/", views.choose_duty, name="duty"),
    path("language/", views.choose_language, name="language"),
    path("account/", own.account, name="own"),
    path("account/password/", own.password, name="password"),
    path("account/second-factor/", own.set_up, name="set-up"),
    path("account/second-factor/remove/", own.remove, name="remove"),
    path("account/second-factor/codes/", own.codes, name="codes"),
    path("accounts/", administration.accounts, name="list"),
    path("accounts/new/", administration.new, name="new"),
    path("accounts/of/<str:account>/", administration.one, name="one"),
    path("accounts/of/<str:account>/assign/", administration.assign, name="assign"),
    path("accounts/of/<str:account>/end/<int:assignment>/", administration.end, name="end"),
    path("accounts/of/<str:account>/unlock/", administration.unlock, name="unlock"),
    path("accounts/of/<str:account>/password/", administration.give_password, name="give-password"),
    path(
        "accounts/of/<str:account>/second-factor/",
        administration.reset_second_factor,
        name="reset-second-factor",
    ),
    path("accounts/of/<str:account>/close/", administration.close, name="close"),
    path("partners/", partners.partners, name="partners"),
    path("partners/new/", partners.new, name="new-partner"),
    path("partners/of/<str:partner>/", partners.partner, name="partner"),
    path("partners/of/<str:partner>/day/", partner_days.day, name="partner-day"),
    path("partners/of/<str:partner>/key/", partners.issue, name="issue-key"),
    path("partners/of/<str:partner>/limits/", partners.limit, name="limit-partner"),
    path("partners/of/<str:partner>/end/", partners.end, name="end-partner"),
    path("partners/of/<str:partner>/rotate/<slug:public>/", partners.rotate, name="rotate-key"),
    path("partners/of/<str:partner>/revoke/<slug:public>/", partners.revoke, name="revoke-key"),
    path("accounts/of/<str:account>/reopen/", administration.reopen, name="reopen"),
]
