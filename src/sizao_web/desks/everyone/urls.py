"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.everyone import (
    appealing,
    conflicts,
    correcting,
    delivering,
    doubts,
    handing,
    helping,
    lists,
    persons,
    recording,
    searching,
    views,
    why,
    workplaces,
)

app_name = "everyone"
urlpatterns = [
    path("", views.start, name="start"),
    path("lists/obligations/", lists.obligation_list, name="lists"),
    path("lists/obligations/<slug:which>/", lists.obligation_list, name="list"),
    path("help/", helping.index, name="help"),
    path("help/<slug:topic>/", helping.topic, name="help-topic"),
    path("hand-overs/", handing.overview, name="hand-overs"),
    path("hand-overs/offer/", handing.offer, name="offer-hand-over"),
    path("hand-overs/accept/", handing.accept, name="accept-hand-over"),
    path("search/", searching.search, name="search"),
    path("persons/<path:person>/", persons.person, name="person"),
    path("places/<path:place>/", workplaces.place, name="place"),
    path("offices/<path:office>/", workplaces.office, name="office"),
    path("why/<slug:obligation>/", why.why, name="why"),
    path("why/<slug:fact>/<slug:key>/", why.why_unknown, name="why-unknown"),
    path("deliveries/", delivering.overview, name="deliveries"),
    path("deliveries/<uuid:delivery>/", delivering.one, name="delivery"),
    path("deliveries/<uuid:delivery>/choose/", delivering.choose, name="choose"),
    path("deliveries/<uuid:delivery>/receipt/", delivering.receipt, name="receipt"),
    path("deliveries/<uuid:delivery>/rejected/", delivering.rejected, name="rejected"),
    path("deliveries/<uuid:delivery>/retry/", delivering.retry, name="retry-delivery"),
    path("deliveries/<uuid:delivery>/undo/", delivering.undo, name="undo-delivery"),
    path("conflicts/", conflicts.conflicts, name="conflicts"),
    path("conflicts/<int:conflict>/", conflicts.conflict, name="conflict"),
    path("doubts/", doubts.overview, name="doubts"),
    path("doubts/<int:doubt>/", doubts.doubt, name="doubt"),
    path("appeals/", appealing.overview, name="appeals"),
    path("facts/", recording.what_may_be_recorded, name="facts"),
    path("facts/dictionary/", recording.dictionary, name="dictionary"),
    path("facts/dictionary/<slug:fact>/", recording.dictionary_entry, name="dictionary-entry"),
    path("facts/<slug:fact>/new/", recording.new, name="new-fact"),
    path("facts/<slug:fact>/<slug:key>/", correcting.fact_page, name="fact"),
    path("facts/<slug:fact>/<slug:key>/correct/", correcting.correct, name="correct-fact"),
    path("facts/<slug:fact>/<slug:key>/retract/", correcting.retract, name="retract-fact"),
]
