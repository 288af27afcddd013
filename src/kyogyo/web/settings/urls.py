"""Addresses of the settings."""

from __future__ import annotations

from django.urls import path

from kyogyo.web.settings import (
    audit,
    fields,
    import_acts,
    imports,
    keys,
    looks,
    mapping,
    me,
    model,
    people,
    teams,
)

urlpatterns = [
    path("settings/", me.show, name="settings"),
    path("settings/language/", looks.choose_language, name="choose_language"),
    path("settings/appearance/", looks.choose_appearance, name="choose_appearance"),
    path("settings/design/", looks.show_design, name="design"),
    path("settings/keys/", keys.show, name="keys"),
    path("settings/keys/<int:key_id>/revoke/", keys.revoke, name="revoke_key"),
    path("settings/people/", people.show_all, name="people"),
    path("settings/people/<int:user_id>/", people.show, name="person"),
    path("settings/people/<int:user_id>/join/", people.join, name="join_team"),
    path("settings/people/<int:user_id>/link/", people.make_link, name="password_link"),
    path(
        "settings/people/<int:user_id>/second-factor/",
        people.take_factors_off,
        name="take_factors_off",
    ),
    path("settings/people/<int:user_id>/leave/", people.leave, name="leave_team"),
    path("settings/teams/", teams.show_all, name="teams"),
    path("settings/teams/<int:team_id>/", teams.show, name="team"),
    path("settings/fields/", fields.show, name="fields"),
    path("settings/fields/<int:field_id>/retire/", fields.retire, name="retire_field"),
    path("settings/fields/<int:field_id>/restore/", fields.restore, name="restore_field"),
    path("settings/model/", model.show, name="model"),
    path("settings/model/<int:version_id>/", model.show_version, name="model_version"),
    path("settings/model/<int:version_id>/file/", model.download, name="model_file"),
    path("settings/numbers/<int:user_id>/", me.numbers, name="numbers"),
    path("settings/imports/", imports.show, name="imports"),
    path("settings/imports/mapping/<str:word>/", mapping.show, name="import_mapping"),
    path("settings/imports/<int:batch_id>/go-on/", imports.carry_on, name="go_on_with_import"),
    path("settings/imports/<int:batch_id>/undo/", import_acts.undo, name="undo_import"),
    path(
        "settings/imports/<int:batch_id>/verdicts/<str:name>",
        import_acts.verdicts,
        name="import_verdicts",
    ),
    path("settings/imports/start/", imports.start, name="start_import"),
    path("settings/audit/", audit.show, name="audit"),
]
