"""Activities: members' pages first, cadres' after."""

from django.urls import path

from huigong.services.activities.views import (
    after,
    calendars,
    campaigns,
    checkin,
    cohosting,
    draws,
    editing,
    manage,
    member,
    online,
    roster,
)

app_name = "activities"
members = [
    path("", member.index, name="index"),
    path("<int:activity_id>/", member.detail, name="detail"),
    path("<int:activity_id>/signup", member.sign_up, name="sign-up"),
    path("mine", member.my_signups, name="my-signups"),
    path("mine/<int:signup_id>", member.my_signup, name="my-signup"),
    path("mine/<int:signup_id>/cancel", member.cancel_signup, name="cancel-signup"),
    path("mine/<int:signup_id>/accept", member.accept_offer, name="accept-offer"),
    path("mine/<int:signup_id>/survey", after.survey, name="survey"),
    path("mine/<int:signup_id>/activity.ics", calendars.signup_file, name="signup-calendar"),
    path("mine/calendar", calendars.settings, name="calendar"),
    path("mine/calendar/open", calendars.open_feed, name="open-calendar"),
    path("mine/calendar/close", calendars.close_feed, name="close-calendar"),
    path("calendar/<slug:token>.ics", calendars.feed, name="calendar-feed"),
]
draw = [
    path("<int:activity_id>/draw", draws.draw, name="draw"),
    path("<int:activity_id>/draw.json", draws.draw_sheet, name="draw-sheet"),
    path("manage/sessions/<int:session_id>/freeze-list", draws.freeze_list, name="freeze-list"),
    path("manage/sessions/<int:session_id>/draw-lots", draws.draw_lots, name="draw-lots"),
]
campaign = [
    path("campaigns/<int:campaign_id>/", campaigns.campaign, name="campaign"),
    path("manage/campaigns/", campaigns.index, name="campaigns"),
    path("manage/campaigns/new", campaigns.new, name="new-campaign"),
    path("manage/campaigns/activities", campaigns.choices, name="campaign-choices"),
    path("manage/campaigns/<int:campaign_id>/", campaigns.edit, name="edit-campaign"),
    path("manage/campaigns/<int:campaign_id>/publish", campaigns.publish, name="publish-campaign"),
    path("manage/campaigns/<int:campaign_id>/take-down", campaigns.take_down, name="take-down-campaign"),
]
works = [
    path("<int:activity_id>/works/", online.gallery, name="gallery"),
    path("<int:activity_id>/works/new", online.contribute, name="contribute"),
    path("works/<int:contribution_id>/", online.work, name="work"),
    path("works/<int:contribution_id>/photo", online.photo, name="work-photo"),
    path("works/<int:contribution_id>/thumbnail", online.thumbnail, name="work-thumbnail"),
    path("works/<int:contribution_id>/withdraw", online.withdraw, name="withdraw-work"),
    path("works/<int:contribution_id>/vote", online.vote, name="vote"),
    path("works/<int:contribution_id>/unvote", online.take_vote_back, name="take-vote-back"),
    path("manage/<int:activity_id>/works", online.contributions, name="contributions"),
    path("manage/<int:activity_id>/works/show", online.show_many, name="show-works"),
    path("manage/works/<int:contribution_id>/show", online.show, name="show-work"),
    path("manage/works/<int:contribution_id>/refuse", online.refuse, name="refuse-work"),
]
cadres = [
    path("manage/", manage.index, name="manage-index"),
    path("manage/new", editing.new, name="new"),
    path("manage/pictures", editing.pictures, name="pictures"),
    path("manage/<int:activity_id>/", manage.desk, name="manage"),
    path("manage/<int:activity_id>/edit", editing.edit, name="edit"),
    path("manage/<int:activity_id>/co-hosts", cohosting.index, name="co-hosts"),
    path(
        "manage/<int:activity_id>/co-hosts/<int:partner_id>/invite", cohosting.invite, name="invite-co-host"
    ),
    path("manage/<int:activity_id>/co-hosts/<int:grant_id>/remove", cohosting.remove, name="remove-co-host"),
    path("co-hosting/<int:grant_id>", cohosting.invitation, name="co-host-invitation"),
    path("co-hosting/<int:grant_id>/accept", cohosting.accept, name="accept-co-hosting"),
    path("co-hosting/<int:grant_id>/decline", cohosting.decline, name="decline-co-hosting"),
    path("manage/sessions/<int:session_id>/quotas", editing.quotas, name="quotas"),
    path("manage/<int:activity_id>/survey", after.survey_results, name="survey-results"),
    path("manage/<int:activity_id>/report", after.report, name="report"),
    path("manage/<int:activity_id>/report/file", after.report_file, name="report-file"),
    path("manage/<int:activity_id>/signups", roster.index, name="signups"),
    path("manage/<int:activity_id>/signups/decide", roster.decide_many, name="decide-signups"),
    path("manage/<int:activity_id>/signups/add", roster.add, name="add-signup"),
    path("manage/<int:activity_id>/signups/export", roster.export, name="export-signups"),
    path("manage/signups/<int:signup_id>/", roster.detail, name="signup"),
    path("manage/signups/<int:signup_id>/numbers", roster.numbers, name="show-numbers"),
    path("manage/signups/<int:signup_id>/decide", roster.decide, name="decide-signup"),
    path("manage/signups/<int:signup_id>/remove", roster.remove, name="remove-signup"),
    *(path(f"manage/<int:activity_id>/{verb}", view, name=verb) for verb, view in manage.ACTS.items()),
]
door = [
    path("<int:activity_id>/check-in", checkin.check_in, name="check-in"),
    path("<int:activity_id>/check-in/people", checkin.people, name="check-in-people"),
    path("<int:activity_id>/check-in/scan", checkin.scan, name="check-in-scan"),
    path("<int:activity_id>/check-in/upload", checkin.upload, name="check-in-upload"),
    path("<int:activity_id>/check-in/worker.js", checkin.worker, name="check-in-worker"),
    path("signups/<int:signup_id>/check-in", checkin.by_hand, name="check-in-by-hand"),
    path("signups/<int:signup_id>/undo-check-in", checkin.undo, name="undo-check-in"),
]
urlpatterns = draw + works + campaign + members + cadres + door
