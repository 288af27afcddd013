"""Who gets what at which address: every route of the pages and every operation of the interface.

A new address fails the test until it has a row here. The world is `tests/security/world.py`: the
journey and account are inside sales', the handoff goes from them to field sales, the settings'
rows are inside sales' too. 303 and 302 lead on (a stranger to the sign-in), 404 is what one may
not see, 403 what one may not do, 405 another method, 409 and 422 are refusals of the rules, which
only those get who would be let in.
"""

from __future__ import annotations

# method, address, then: anonymous marketer inside field success manager revops admin viewer outsider inactive
PAGES = """
GET  /                                                   303 200 200 200 200 200 200 200 200 200 303
POST /                                                   303 200 200 200 200 200 200 200 200 200 303
GET  /accounts/<int:account_id>/                         303 404 200 200 404 200 200 200 200 404 303
POST /accounts/<int:account_id>/                         405 405 405 405 405 405 405 405 405 405 405
GET  /accounts/<int:account_id>/merge/                   303 404 200 404 404 200 200 200 200 404 303
POST /accounts/<int:account_id>/merge/                   303 404 403 404 404 303 303 303 403 404 303
GET  /accounts/<int:account_id>/split/                   405 405 405 405 405 405 405 405 405 405 405
POST /accounts/<int:account_id>/split/                   303 403 403 403 403 409 409 409 403 403 303
GET  /alerts/                                            303 200 200 200 200 200 200 200 200 200 303
POST /alerts/                                            405 405 405 405 405 405 405 405 405 405 405
GET  /alerts/<int:alert_id>/                             303 200 200 200 200 200 200 200 200 404 303
POST /alerts/<int:alert_id>/                             405 405 405 405 405 405 405 405 405 405 405
GET  /alerts/<int:alert_id>/answer/                      405 405 405 405 405 405 405 405 405 405 405
POST /alerts/<int:alert_id>/answer/                      303 303 303 303 303 303 303 303 403 404 303
GET  /board/                                             303 200 200 200 200 200 200 200 200 200 303
POST /board/                                             405 405 405 405 405 405 405 405 405 405 405
GET  /board/gates/<int:journey_id>/                      303 404 200 404 404 200 200 200 200 404 303
POST /board/gates/<int:journey_id>/                      405 405 405 405 405 405 405 405 405 405 405
GET  /board/move/<int:journey_id>/                       303 404 200 404 404 200 200 200 200 404 303
POST /board/move/<int:journey_id>/                       405 405 405 405 405 405 405 405 405 405 405
GET  /bottleneck/                                        303 200 200 200 200 200 200 200 200 403 303
POST /bottleneck/                                        405 405 405 405 405 405 405 405 405 405 405
GET  /bottleneck/chart.png                               303 422 422 422 422 422 422 422 422 403 303
POST /bottleneck/chart.png                               405 405 405 405 405 405 405 405 405 405 405
GET  /bottleneck/chart.svg                               303 422 422 422 422 422 422 422 422 403 303
POST /bottleneck/chart.svg                               405 405 405 405 405 405 405 405 405 405 405
GET  /countermeasures/                                   303 200 200 200 200 200 200 200 200 200 303
POST /countermeasures/                                   405 405 405 405 405 405 405 405 405 405 405
GET  /countermeasures/<int:countermeasure_id>/           303 200 200 200 200 200 200 200 200 404 303
POST /countermeasures/<int:countermeasure_id>/           405 405 405 405 405 405 405 405 405 405 405
GET  /countermeasures/<int:countermeasure_id>/change/    405 405 405 405 405 405 405 405 405 405 405
POST /countermeasures/<int:countermeasure_id>/change/    303 403 303 403 403 303 303 303 403 404 303
GET  /countermeasures/<int:countermeasure_id>/chart.png  303 422 422 422 422 422 422 422 422 404 303
POST /countermeasures/<int:countermeasure_id>/chart.png  405 405 405 405 405 405 405 405 405 405 405
GET  /countermeasures/<int:countermeasure_id>/chart.svg  303 422 422 422 422 422 422 422 422 404 303
POST /countermeasures/<int:countermeasure_id>/chart.svg  405 405 405 405 405 405 405 405 405 405 405
GET  /countermeasures/<int:countermeasure_id>/reopen/    405 405 405 405 405 405 405 405 405 405 405
POST /countermeasures/<int:countermeasure_id>/reopen/    303 403 422 403 403 422 422 422 403 404 303
GET  /countermeasures/<int:countermeasure_id>/review/    405 405 405 405 405 405 405 405 405 405 405
POST /countermeasures/<int:countermeasure_id>/review/    303 403 303 403 403 303 303 303 403 404 303
GET  /countermeasures/<int:countermeasure_id>/score/     405 405 405 405 405 405 405 405 405 405 405
POST /countermeasures/<int:countermeasure_id>/score/     303 403 303 403 403 303 303 303 403 404 303
GET  /countermeasures/<int:countermeasure_id>/start/     405 405 405 405 405 405 405 405 405 405 405
POST /countermeasures/<int:countermeasure_id>/start/     303 403 303 403 403 303 303 303 403 404 303
GET  /countermeasures/new/                               303 403 403 403 403 200 200 200 403 403 303
POST /countermeasures/new/                               303 403 403 403 403 422 422 422 403 403 303
GET  /desk/                                              303 200 200 200 200 200 200 200 200 200 303
POST /desk/                                              405 405 405 405 405 405 405 405 405 405 405
GET  /desk/done/<int:journey_id>/                        405 405 405 405 405 405 405 405 405 405 405
POST /desk/done/<int:journey_id>/                        303 404 303 404 404 303 303 303 403 404 303
GET  /desk/queue/                                        303 200 200 200 200 200 200 200 200 200 303
POST /desk/queue/                                        405 405 405 405 405 405 405 405 405 405 405
GET  /handoffs/                                          303 200 200 200 200 200 200 200 200 200 303
POST /handoffs/                                          405 405 405 405 405 405 405 405 405 405 405
GET  /handoffs/<int:handoff_id>/                         303 404 200 200 404 200 200 200 200 404 303
POST /handoffs/<int:handoff_id>/                         405 405 405 405 405 405 405 405 405 405 405
GET  /handoffs/<int:handoff_id>/accept/                  405 405 405 405 405 405 405 405 405 405 405
POST /handoffs/<int:handoff_id>/accept/                  303 404 403 422 404 422 422 422 403 404 303
GET  /handoffs/<int:handoff_id>/need-work/               405 405 405 405 405 405 405 405 405 405 405
POST /handoffs/<int:handoff_id>/need-work/               303 404 403 303 404 303 303 303 403 404 303
GET  /handoffs/<int:handoff_id>/offer-again/             405 405 405 405 405 405 405 405 405 405 405
POST /handoffs/<int:handoff_id>/offer-again/             303 404 409 403 404 409 409 409 403 404 303
GET  /handoffs/<int:handoff_id>/result/                  303 404 200 200 404 200 200 200 200 404 303
POST /handoffs/<int:handoff_id>/result/                  303 404 403 303 404 303 303 303 403 404 303
GET  /handoffs/<int:handoff_id>/return/                  405 405 405 405 405 405 405 405 405 405 405
POST /handoffs/<int:handoff_id>/return/                  303 404 403 303 404 303 303 303 403 404 303
GET  /handoffs/<int:handoff_id>/undo/                    405 405 405 405 405 405 405 405 405 405 405
POST /handoffs/<int:handoff_id>/undo/                    303 404 409 409 404 409 409 409 403 404 303
GET  /handoffs/<int:handoff_id>/withdraw/                405 405 405 405 405 405 405 405 405 405 405
POST /handoffs/<int:handoff_id>/withdraw/                303 404 303 403 404 303 303 303 403 404 303
GET  /healthz/live                                       200 200 200 200 200 200 200 200 200 200 200
POST /healthz/live                                       200 200 200 200 200 200 200 200 200 200 200
GET  /healthz/ready                                      200 200 200 200 200 200 200 200 200 200 200
POST /healthz/ready                                      200 200 200 200 200 200 200 200 200 200 200
GET  /journeys/                                          303 200 200 200 200 200 200 200 200 200 303
POST /journeys/                                          405 405 405 405 405 405 405 405 405 405 405
GET  /journeys/<int:journey_id>/                         303 404 200 404 404 200 200 200 200 404 303
POST /journeys/<int:journey_id>/                         405 405 405 405 405 405 405 405 405 405 405
GET  /journeys/<int:journey_id>/activity/                405 405 405 405 405 405 405 405 405 405 405
POST /journeys/<int:journey_id>/activity/                303 404 303 404 404 303 303 303 403 404 303
GET  /journeys/<int:journey_id>/answer/                  405 405 405 405 405 405 405 405 405 405 405
POST /journeys/<int:journey_id>/answer/                  303 404 303 404 404 303 303 303 403 404 303
GET  /journeys/<int:journey_id>/assign/                  405 405 405 405 405 405 405 405 405 405 405
POST /journeys/<int:journey_id>/assign/                  303 404 303 404 404 303 303 303 403 404 303
GET  /journeys/<int:journey_id>/change/                  405 405 405 405 405 405 405 405 405 405 405
POST /journeys/<int:journey_id>/change/                  303 404 303 404 404 303 303 303 403 404 303
GET  /journeys/<int:journey_id>/criterion/               405 405 405 405 405 405 405 405 405 405 405
POST /journeys/<int:journey_id>/criterion/               303 404 303 404 404 303 303 303 403 404 303
GET  /journeys/<int:journey_id>/enter/                   405 405 405 405 405 405 405 405 405 405 405
POST /journeys/<int:journey_id>/enter/                   303 404 303 404 404 303 303 303 403 404 303
GET  /journeys/<int:journey_id>/fields/                  303 404 200 404 404 200 200 200 403 404 303
POST /journeys/<int:journey_id>/fields/                  303 404 303 404 404 303 303 303 403 404 303
GET  /journeys/<int:journey_id>/gate/                    303 404 200 404 404 200 200 200 200 404 303
POST /journeys/<int:journey_id>/gate/                    405 405 405 405 405 405 405 405 405 405 405
GET  /journeys/<int:journey_id>/next-step/               405 405 405 405 405 405 405 405 405 405 405
POST /journeys/<int:journey_id>/next-step/               303 404 303 404 404 303 303 303 403 404 303
GET  /journeys/<int:journey_id>/offer/                   303 404 200 404 404 200 200 200 200 404 303
POST /journeys/<int:journey_id>/offer/                   303 404 422 404 404 422 422 422 403 404 303
GET  /journeys/<int:journey_id>/promises/                405 405 405 405 405 405 405 405 405 405 405
POST /journeys/<int:journey_id>/promises/                303 404 303 404 404 303 303 303 403 404 303
GET  /journeys/<int:journey_id>/promises/<int:promise_id>/ 405 405 405 405 405 405 405 405 405 405 405
POST /journeys/<int:journey_id>/promises/<int:promise_id>/ 303 404 303 404 404 303 303 303 403 404 303
GET  /journeys/<int:journey_id>/reopen/                  405 405 405 405 405 405 405 405 405 405 405
POST /journeys/<int:journey_id>/reopen/                  303 404 422 404 404 422 422 422 403 404 303
GET  /journeys/<int:journey_id>/undo/                    405 405 405 405 405 405 405 405 405 405 405
POST /journeys/<int:journey_id>/undo/                    303 404 403 404 404 422 422 422 403 404 303
GET  /journeys/change/                                   405 405 405 405 405 405 405 405 405 405 405
POST /journeys/change/                                   303 200 200 200 200 200 200 200 403 403 303
GET  /journeys/change/apply/                             405 405 405 405 405 405 405 405 405 405 405
POST /journeys/change/apply/                             303 303 303 303 303 303 303 303 403 403 303
GET  /journeys/change/undo/                              405 405 405 405 405 405 405 405 405 405 405
POST /journeys/change/undo/                              303 404 404 404 404 404 404 404 403 403 303
GET  /journeys/export/                                   303 200 200 200 200 200 200 200 200 200 303
POST /journeys/export/                                   405 405 405 405 405 405 405 405 405 405 405
GET  /journeys/new/                                      303 200 200 200 200 200 200 200 403 403 303
POST /journeys/new/                                      303 303 303 303 303 303 303 303 403 403 303
GET  /journeys/views/                                    405 405 405 405 405 405 405 405 405 405 405
POST /journeys/views/                                    303 303 303 303 303 303 303 303 303 303 303
GET  /journeys/views/<int:view_id>/delete/               405 405 405 405 405 405 405 405 405 405 405
POST /journeys/views/<int:view_id>/delete/               303 404 303 404 404 404 404 404 404 404 303
GET  /library/                                           303 200 200 200 200 200 200 200 200 200 303
POST /library/                                           405 405 405 405 405 405 405 405 405 405 405
GET  /reviews/                                           303 200 200 200 200 200 200 200 200 200 303
POST /reviews/                                           405 405 405 405 405 405 405 405 405 405 405
GET  /reviews/<int:review_id>/                           303 200 200 200 200 200 200 200 200 404 303
POST /reviews/<int:review_id>/                           405 405 405 405 405 405 405 405 405 405 405
GET  /reviews/<int:review_id>/close/                     405 405 405 405 405 405 405 405 405 405 405
POST /reviews/<int:review_id>/close/                     303 403 403 403 403 422 422 422 403 404 303
GET  /reviews/open/                                      405 405 405 405 405 405 405 405 405 405 405
POST /reviews/open/                                      303 403 403 403 403 409 409 409 403 403 303
GET  /reviews/points/<int:point_id>/decide/              405 405 405 405 405 405 405 405 405 405 405
POST /reviews/points/<int:point_id>/decide/              303 403 403 403 403 303 303 303 403 404 303
GET  /reviews/points/<int:point_id>/finish/              405 405 405 405 405 405 405 405 405 405 405
POST /reviews/points/<int:point_id>/finish/              303 403 403 403 403 422 422 422 403 404 303
GET  /search/                                            303 200 200 200 200 200 200 200 200 200 303
POST /search/                                            405 405 405 405 405 405 405 405 405 405 405
GET  /settings/                                          303 200 200 200 200 200 200 200 200 200 303
POST /settings/                                          303 303 303 303 303 303 303 303 303 303 303
GET  /settings/appearance/                               405 405 405 405 405 405 405 405 405 405 405
POST /settings/appearance/                               303 303 303 303 303 303 303 303 303 303 303
GET  /settings/audit/                                    303 403 403 403 403 403 403 200 403 403 303
POST /settings/audit/                                    405 405 405 405 405 405 405 405 405 405 405
GET  /settings/design/                                   303 403 403 403 403 403 403 200 403 403 303
POST /settings/design/                                   303 403 403 403 403 403 403 200 403 403 303
GET  /settings/fields/                                   303 403 403 403 403 403 403 200 403 403 303
POST /settings/fields/                                   303 403 403 403 403 403 403 303 403 403 303
GET  /settings/fields/<int:field_id>/restore/            405 405 405 405 405 405 405 405 405 405 405
POST /settings/fields/<int:field_id>/restore/            303 403 403 403 403 403 403 404 403 403 303
GET  /settings/fields/<int:field_id>/retire/             405 405 405 405 405 405 405 405 405 405 405
POST /settings/fields/<int:field_id>/retire/             303 403 403 403 403 403 403 303 403 403 303
GET  /settings/imports/                                  303 403 403 403 403 403 200 200 403 403 303
POST /settings/imports/                                  303 403 403 403 403 403 422 422 403 403 303
GET  /settings/imports/<int:batch_id>/go-on/             405 405 405 405 405 405 405 405 405 405 405
POST /settings/imports/<int:batch_id>/go-on/             303 403 403 403 403 403 404 404 403 403 303
GET  /settings/imports/<int:batch_id>/undo/              303 403 403 403 403 403 404 404 403 403 303
POST /settings/imports/<int:batch_id>/undo/              303 403 403 403 403 403 404 404 403 403 303
GET  /settings/imports/<int:batch_id>/verdicts/<str:name> 303 403 403 403 403 403 404 404 403 403 303
POST /settings/imports/<int:batch_id>/verdicts/<str:name> 405 405 405 405 405 405 405 405 405 405 405
GET  /settings/imports/mapping/<str:word>/               303 403 403 403 403 403 404 404 403 403 303
POST /settings/imports/mapping/<str:word>/               303 403 403 403 403 403 404 404 403 403 303
GET  /settings/imports/start/                            405 405 405 405 405 405 405 405 405 405 405
POST /settings/imports/start/                            303 403 403 403 403 403 404 404 403 403 303
GET  /settings/keys/                                     303 200 200 200 200 200 200 200 200 200 303
POST /settings/keys/                                     303 200 200 200 200 200 200 200 200 200 303
GET  /settings/keys/<int:key_id>/revoke/                 405 405 405 405 405 405 405 405 405 405 405
POST /settings/keys/<int:key_id>/revoke/                 303 404 303 404 404 404 404 303 404 404 303
GET  /settings/language/                                 405 405 405 405 405 405 405 405 405 405 405
POST /settings/language/                                 303 303 303 303 303 303 303 303 303 303 303
GET  /settings/model/                                    303 403 403 403 403 403 403 200 403 403 303
POST /settings/model/                                    303 403 403 403 403 403 403 422 403 403 303
GET  /settings/model/<int:version_id>/                   303 403 403 403 403 403 403 200 403 403 303
POST /settings/model/<int:version_id>/                   405 405 405 405 405 405 405 405 405 405 405
GET  /settings/model/<int:version_id>/file/              303 403 403 403 403 403 403 200 403 403 303
POST /settings/model/<int:version_id>/file/              405 405 405 405 405 405 405 405 405 405 405
GET  /settings/numbers/<int:user_id>/                    303 404 200 404 404 200 404 404 404 404 303
POST /settings/numbers/<int:user_id>/                    405 405 405 405 405 405 405 405 405 405 405
GET  /settings/people/                                   303 403 403 403 403 403 403 200 403 403 303
POST /settings/people/                                   303 403 403 403 403 403 403 303 403 403 303
GET  /settings/people/<int:user_id>/                     303 403 403 403 403 403 403 200 403 403 303
POST /settings/people/<int:user_id>/                     303 403 403 403 403 403 403 303 403 403 303
GET  /settings/people/<int:user_id>/join/                405 405 405 405 405 405 405 405 405 405 405
POST /settings/people/<int:user_id>/join/                303 403 403 403 403 403 403 303 403 403 303
GET  /settings/people/<int:user_id>/leave/               405 405 405 405 405 405 405 405 405 405 405
POST /settings/people/<int:user_id>/leave/               303 403 403 403 403 403 403 303 403 403 303
GET  /settings/people/<int:user_id>/link/                405 405 405 405 405 405 405 405 405 405 405
POST /settings/people/<int:user_id>/link/                303 403 403 403 403 403 403 200 403 403 303
GET  /settings/people/<int:user_id>/second-factor/       405 405 405 405 405 405 405 405 405 405 405
POST /settings/people/<int:user_id>/second-factor/       303 403 403 403 403 403 403 303 403 403 303
GET  /settings/teams/                                    303 403 403 403 403 403 403 200 403 403 303
POST /settings/teams/                                    303 403 403 403 403 403 403 303 403 403 303
GET  /settings/teams/<int:team_id>/                      303 403 403 403 403 403 403 200 403 403 303
POST /settings/teams/<int:team_id>/                      303 403 403 403 403 403 403 303 403 403 303
GET  /setup/                                             404 404 404 404 404 404 404 404 404 404 404
POST /setup/                                             404 404 404 404 404 404 404 404 404 404 404
GET  /stream/<str:code>/                                 303 422 422 422 422 422 422 422 422 422 303
POST /stream/<str:code>/                                 303 422 422 422 422 422 422 422 422 422 303
GET  /stream/fresh/                                      303 204 204 204 204 204 204 204 204 204 303
POST /stream/fresh/                                      303 204 204 204 204 204 204 204 204 204 303
"""

# Below /sign-in/ nothing asks for a role: anonymous, somebody signed in, inactive
SIGN_IN = """
GET  /sign-in/                                           302 302 302
POST /sign-in/                                           302 302 302
GET  /sign-in/2fa/                                       302 200 302
POST /sign-in/2fa/                                       302 405 302
GET  /sign-in/2fa/authenticate/                          302 302 302
POST /sign-in/2fa/authenticate/                          302 302 302
GET  /sign-in/2fa/reauthenticate/                        302 403 302
POST /sign-in/2fa/reauthenticate/                        302 403 302
GET  /sign-in/2fa/recovery-codes/                        302 404 302
POST /sign-in/2fa/recovery-codes/                        302 405 302
GET  /sign-in/2fa/recovery-codes/download/               302 404 302
POST /sign-in/2fa/recovery-codes/download/               302 404 302
GET  /sign-in/2fa/recovery-codes/generate/               302 200 302
POST /sign-in/2fa/recovery-codes/generate/               302 200 302
GET  /sign-in/2fa/totp/activate/                         302 200 302
POST /sign-in/2fa/totp/activate/                         302 200 302
GET  /sign-in/2fa/totp/deactivate/                       302 404 302
POST /sign-in/2fa/totp/deactivate/                       302 404 302
GET  /sign-in/2fa/webauthn/                              302 200 302
POST /sign-in/2fa/webauthn/                              302 405 302
GET  /sign-in/2fa/webauthn/add/                          302 200 302
POST /sign-in/2fa/webauthn/add/                          302 200 302
GET  /sign-in/2fa/webauthn/keys/<int:pk>/edit/           302 404 302
POST /sign-in/2fa/webauthn/keys/<int:pk>/edit/           302 404 302
GET  /sign-in/2fa/webauthn/keys/<int:pk>/remove/         302 404 302
POST /sign-in/2fa/webauthn/keys/<int:pk>/remove/         302 404 302
GET  /sign-in/2fa/webauthn/login/                        302 302 302
POST /sign-in/2fa/webauthn/login/                        302 302 302
GET  /sign-in/2fa/webauthn/reauthenticate/               302 403 302
POST /sign-in/2fa/webauthn/reauthenticate/               302 403 302
GET  /sign-in/3rdparty/                                  302 200 302
POST /sign-in/3rdparty/                                  302 200 302
GET  /sign-in/3rdparty/login/cancelled/                  200 200 200
POST /sign-in/3rdparty/login/cancelled/                  405 405 405
GET  /sign-in/3rdparty/login/error/                      401 401 401
POST /sign-in/3rdparty/login/error/                      405 405 405
GET  /sign-in/3rdparty/signup/                           302 302 302
POST /sign-in/3rdparty/signup/                           302 302 302
GET  /sign-in/as/                                        405 405 405
POST /sign-in/as/                                        404 404 404
GET  /sign-in/confirm-email/                             404 404 404
POST /sign-in/confirm-email/                             404 404 404
GET  /sign-in/confirm-email/<key>/                       404 404 404
POST /sign-in/confirm-email/<key>/                       404 404 404
GET  /sign-in/confirm-email/<str:key>/                   404 404 404
POST /sign-in/confirm-email/<str:key>/                   404 404 404
GET  /sign-in/email/                                     404 404 404
POST /sign-in/email/                                     404 404 404
GET  /sign-in/inactive/                                  200 200 200
POST /sign-in/inactive/                                  405 405 405
GET  /sign-in/login/                                     200 302 200
POST /sign-in/login/                                     200 302 200
GET  /sign-in/login/code/confirm/                        302 302 302
POST /sign-in/login/code/confirm/                        302 302 302
GET  /sign-in/logout/                                    302 200 302
POST /sign-in/logout/                                    302 302 302
GET  /sign-in/oidc/<provider_id>/login/                  404 404 404
POST /sign-in/oidc/<provider_id>/login/                  404 404 404
GET  /sign-in/oidc/<provider_id>/login/callback/         404 404 404
POST /sign-in/oidc/<provider_id>/login/callback/         404 404 404
GET  /sign-in/password/                                  302 302 302
POST /sign-in/password/                                  302 302 302
GET  /sign-in/password/change/                           302 302 302
POST /sign-in/password/change/                           302 302 302
GET  /sign-in/password/reset/                            404 404 404
POST /sign-in/password/reset/                            404 404 404
GET  /sign-in/password/reset/done/                       200 200 200
POST /sign-in/password/reset/done/                       405 405 405
GET  /sign-in/password/reset/key/<uidb36>-<key>/         200 200 200
POST /sign-in/password/reset/key/<uidb36>-<key>/         200 200 200
GET  /sign-in/password/reset/key/done/                   200 200 200
POST /sign-in/password/reset/key/done/                   405 405 405
GET  /sign-in/password/set/                              302 200 302
POST /sign-in/password/set/                              302 200 302
GET  /sign-in/reauthenticate/                            302 403 302
POST /sign-in/reauthenticate/                            302 403 302
GET  /sign-in/saml/<organization_slug>/acs/              302 302 302
POST /sign-in/saml/<organization_slug>/acs/              302 302 302
GET  /sign-in/saml/<organization_slug>/acs/finish/       404 404 404
POST /sign-in/saml/<organization_slug>/acs/finish/       404 404 404
GET  /sign-in/saml/<organization_slug>/login/            404 404 404
POST /sign-in/saml/<organization_slug>/login/            404 404 404
GET  /sign-in/saml/<organization_slug>/metadata/         404 404 404
POST /sign-in/saml/<organization_slug>/metadata/         405 405 405
GET  /sign-in/saml/<organization_slug>/sls/              404 404 404
POST /sign-in/saml/<organization_slug>/sls/              405 405 405
GET  /sign-in/sessions/                                  302 200 302
POST /sign-in/sessions/                                  302 302 302
GET  /sign-in/signup/                                    404 404 404
POST /sign-in/signup/                                    404 404 404
GET  /sign-in/social/connections/                        301 301 301
POST /sign-in/social/connections/                        301 301 301
GET  /sign-in/social/login/cancelled/                    301 301 301
POST /sign-in/social/login/cancelled/                    301 301 301
GET  /sign-in/social/login/error/                        301 301 301
POST /sign-in/social/login/error/                        301 301 301
GET  /sign-in/social/signup/                             301 301 301
POST /sign-in/social/signup/                             301 301 301
"""

# As the pages
OPERATIONS = """
GET   /api/v1/journeys/                                          401 200 200 200 200 200 200 200 200 200 401
POST  /api/v1/journeys/                                          401 404 201 201 404 201 201 201 403 404 401
GET   /api/v1/journeys/{journey_id}/                             401 404 200 404 404 200 200 200 200 404 401
PATCH /api/v1/journeys/{journey_id}/                             401 404 200 404 404 200 200 200 403 404 401
GET   /api/v1/journeys/{journey_id}/entries/                     401 404 200 404 404 200 200 200 200 404 401
POST  /api/v1/journeys/{journey_id}/entries/                     401 404 201 404 404 201 201 201 403 404 401
POST  /api/v1/journeys/{journey_id}/entries/{entry_id}/undo/     401 404 403 404 404 422 422 422 403 404 401
POST  /api/v1/journeys/{journey_id}/checks/                      401 404 201 404 404 201 201 201 403 404 401
POST  /api/v1/journeys/{journey_id}/claims/                      401 404 201 404 404 201 201 201 403 404 401
POST  /api/v1/journeys/{journey_id}/activities/                  401 404 201 404 404 201 201 201 403 404 401
POST  /api/v1/journeys/{journey_id}/next-step/                   401 404 201 404 404 201 201 201 403 404 401
GET   /api/v1/handoffs/                                          401 200 200 200 200 200 200 200 200 200 401
POST  /api/v1/handoffs/offer/{journey_id}/                       401 404 422 404 404 422 422 422 403 404 401
GET   /api/v1/handoffs/{handoff_id}/                             401 404 200 200 404 200 200 200 200 404 401
POST  /api/v1/handoffs/{handoff_id}/accept/                      401 404 403 422 404 422 422 422 403 404 401
POST  /api/v1/handoffs/{handoff_id}/return/                      401 404 403 200 404 200 200 200 403 404 401
POST  /api/v1/handoffs/{handoff_id}/need-work/                   401 404 403 200 404 200 200 200 403 404 401
POST  /api/v1/handoffs/{handoff_id}/offer-again/                 401 404 409 403 404 409 409 409 403 404 401
POST  /api/v1/handoffs/{handoff_id}/undo/                        401 404 409 409 404 409 409 409 403 404 401
POST  /api/v1/handoffs/{handoff_id}/withdraw/                    401 404 200 403 404 200 200 200 403 404 401
GET   /api/v1/accounts/                                          401 200 200 200 200 200 200 200 200 200 401
POST  /api/v1/accounts/                                          401 201 201 201 201 201 201 201 403 403 401
GET   /api/v1/accounts/{account_id}/                             401 404 200 200 404 200 200 200 200 404 401
GET   /api/v1/model/                                             401 200 200 200 200 200 200 200 200 200 401
GET   /api/v1/bottleneck/                                        401 422 422 422 422 422 422 422 422 403 401
GET   /api/v1/countermeasures/                                   401 200 200 200 200 200 200 200 200 200 401
GET   /api/v1/countermeasures/{countermeasure_id}/               401 200 200 200 200 200 200 200 200 404 401
GET   /api/v1/alerts/                                            401 200 200 200 200 200 200 200 200 200 401
GET   /api/v1/alerts/{alert_id}/                                 401 200 200 200 200 200 200 200 200 404 401
POST  /api/v1/alerts/{alert_id}/answer/                          401 200 200 200 200 200 200 200 403 404 401
"""
