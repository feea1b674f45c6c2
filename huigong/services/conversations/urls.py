"""Conversations: workers' pages first, cadres' after."""

from django.urls import path

from huigong.services.conversations.views import adoptions, figures, manage, member

app_name = "conversations"
urlpatterns = [
    path("", member.index, name="index"),
    path("new", member.new, name="new"),
    path("<int:thread_id>/", member.detail, name="detail"),
    path("<int:thread_id>/newer", member.newer, name="newer"),
    path("<int:thread_id>/send", member.send, name="send"),
    path("<int:thread_id>/read", member.read, name="read"),
    path("<int:thread_id>/forwarding", member.answer_forwarding, name="answer-forwarding"),
    path("<int:thread_id>/close", member.close, name="close"),
    path("<int:thread_id>/reopen", member.reopen, name="reopen"),
    path("<int:thread_id>/rate", member.rate, name="rate"),
    path("<int:thread_id>/name", adoptions.put_name, name="put-name"),
    path("suggestions/", adoptions.index, name="suggestions"),
    path("suggestions/<int:adoption_id>/", adoptions.detail, name="suggestion"),
    path("suggestions/<int:adoption_id>/support", adoptions.support, name="support"),
    path("files/<int:enclosure_id>", member.enclosure, name="enclosure"),
    path("manage/", manage.index, name="manage-index"),
    path("manage/letter", manage.letter, name="letter"),
    path("manage/<int:thread_id>/", manage.desk, name="desk"),
    path("manage/<int:thread_id>/newer", manage.newer, name="desk-newer"),
    path("manage/<int:thread_id>/send", manage.send, name="desk-send"),
    path("manage/<int:thread_id>/read", manage.read, name="desk-read"),
    path("manage/<int:thread_id>/assign", manage.assign, name="assign"),
    path("manage/<int:thread_id>/forward", manage.forward, name="forward"),
    path("manage/<int:thread_id>/close", manage.close, name="desk-close"),
    path("manage/<int:thread_id>/reopen", manage.reopen, name="desk-reopen"),
    path("manage/<int:thread_id>/decide", adoptions.decide, name="decide"),
    path("manage/figures", figures.figures, name="figures"),
    path("manage/figures/export", figures.export, name="export-figures"),
    path("manage/suggestions/", adoptions.manage_index, name="adoptions"),
    path("manage/suggestions/<int:adoption_id>/", adoptions.desk, name="adoption"),
    path("manage/suggestions/<int:adoption_id>/publish", adoptions.publish, name="publish-adoption"),
    path("manage/suggestions/<int:adoption_id>/return", adoptions.return_wording, name="return-wording"),
    path("manage/suggestions/<int:adoption_id>/withdraw", adoptions.withdraw, name="withdraw-adoption"),
    path("manage/canned/<int:union_id>/", manage.canned, name="canned"),
    path("manage/canned/<int:canned_id>/remove", manage.remove_canned, name="remove-canned"),
]
