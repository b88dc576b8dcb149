"""Addresses of the citizen's door."""

from django.urls import path

from tongban.doors.citizen.views import account, applying, finding, hearing, holding, mine

urlpatterns = [
    path("", finding.home, name="home"),
    path("packages/<slug:slug>/", finding.package, name="package"),
    path("packages/<slug:slug>/ask/", finding.ask, name="ask"),
    path("packages/<slug:slug>/guide/", finding.guide, name="guide"),
    path("apply/<uuid:draft>/form/", applying.form, name="apply-form"),
    path("apply/<uuid:draft>/materials/", applying.materials, name="apply-materials"),
    path("apply/<uuid:draft>/check/", applying.check, name="apply-check"),
    path("apply/<uuid:draft>/discard/", applying.discard, name="apply-discard"),
    path("my/", mine.mine, name="my"),
    path("my/messages/", mine.letters, name="my-messages"),
    path("my/licences/", holding.my_licences, name="my-licences"),
    path("my/licences/<str:identifier>/", holding.my_licence, name="my-licence"),
    path("my/licences/<str:identifier>/file/", holding.my_licence_file, name="my-licence-file"),
    path("my/materials/", holding.my_materials, name="my-materials"),
    path("my/settings/", account.settings_view, name="my-settings"),
    path("my/files/<int:file_id>/", mine.file, name="my-file"),
    path("my/<str:number>/", mine.application, name="my-application"),
    path("my/<str:number>/supply/", mine.supply, name="my-supply"),
    path("my/<str:number>/collect/", mine.collect, name="my-collect"),
    path("my/<str:number>/withdraw/", mine.withdraw, name="my-withdraw"),
    path("my/<str:number>/ask-human/", mine.ask_a_person, name="my-ask-human"),
    path("my/<str:number>/hearing/<str:hearing>/", hearing.hearing, name="my-hearing"),
    path("hear/<str:token>/", hearing.hear, name="hear"),
    path("my/<str:number>/share/", mine.share, name="my-share"),
    path("my/<str:number>/files/<int:file_id>/", mine.paper, name="my-paper"),
    path("shared/<str:token>/", mine.shared, name="shared"),
    path("verify/", holding.verification, name="verify"),
    path("verify/<str:identifier>/", holding.verification, name="verify-one"),
    path("login/", account.login, name="login"),
    path("logout/", account.logout, name="logout"),
    path("register/", account.register, name="register"),
    path("second-factor/", account.second_factor, name="second-factor"),
    path("language/", account.change_language, name="language"),
    path("print-size/", account.change_print_size, name="print-size"),
]
