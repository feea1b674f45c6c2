"""Pages of demo and test mode only."""

from django.urls import path

from huigong.demo import styleguide

app_name = "demo"
urlpatterns = [
    path("ui", styleguide.pieces, name="ui"),
    path("ui/send-code", styleguide.send_code, name="send-code"),
    path("ui/sign-up", styleguide.sign_up, name="sign-up"),
    path("ui/<slug:name>", styleguide.sample, name="sample"),
]
