"""Countermeasures, alerts and reviews, guarded as history is."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from kyogyo.records.guards import guard_history


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0008_inferred_entries_stay_flagged"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("shift", "Shift"),
                            ("conflict", "Conflict"),
                            ("coincidence", "Coincidence"),
                        ],
                        max_length=16,
                    ),
                ),
                ("track", models.CharField(max_length=64)),
                ("node", models.CharField(max_length=128)),
                ("department", models.CharField(blank=True, max_length=64)),
                ("is_good", models.BooleanField(default=False)),
                ("since", models.DateField()),
                ("says", models.JSONField(default=dict)),
                ("numbers", models.JSONField(blank=True, default=dict)),
                ("raised_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["department", "raised_at"], name="records_ale_departm_d3d12d_idx"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["shift", "conflict", "coincidence"])),
                        name="alert_kind_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Countermeasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("hypothesis", models.TextField()),
                ("track", models.CharField(max_length=64)),
                ("node", models.CharField(max_length=128)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("volume", "Volume"),
                            ("conversion", "Conversion"),
                            ("delay", "Delay"),
                            ("value", "Value"),
                            ("capacity", "Capacity"),
                            ("churn", "Churn"),
                        ],
                        max_length=16,
                    ),
                ),
                ("segment", models.CharField(blank=True, max_length=64)),
                ("segment_value", models.CharField(blank=True, max_length=200)),
                ("improves_up", models.BooleanField(default=True)),
                ("guard", models.CharField(blank=True, max_length=128)),
                ("department", models.CharField(blank=True, max_length=64)),
                ("expected", models.BigIntegerField(null=True)),
                ("expected_low", models.BigIntegerField(null=True)),
                ("expected_high", models.BigIntegerField(null=True)),
                ("design", models.JSONField(blank=True, default=dict)),
                ("baseline_from", models.DateField()),
                ("review_on", models.DateField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("is_open", models.BooleanField(default=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "model_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.modelversion",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="countermeasures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlertAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("seen", "Seen"),
                            ("known", "Known"),
                            ("acted", "Acted"),
                            ("open", "Open"),
                        ],
                        max_length=8,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="records.alert",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "countermeasure",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts",
                        to="records.countermeasure",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CountermeasureEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("registered", "Registered"),
                            ("changed", "Changed"),
                            ("started", "Started"),
                            ("reviewed", "Reviewed"),
                            ("ended", "Ended"),
                            ("reopened", "Reopened"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decision", models.CharField(blank=True, max_length=16)),
                ("words", models.TextField(blank=True)),
                ("data", models.JSONField(blank=True, default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "countermeasure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="records.countermeasure",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CountermeasureStart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("phase", models.PositiveSmallIntegerField(default=1)),
                ("is_on", models.BooleanField(default=True)),
                ("planned_on", models.DateField()),
                ("started_on", models.DateField(blank=True, null=True)),
                (
                    "countermeasure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="starts",
                        to="records.countermeasure",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.team",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CountermeasureStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=500)),
                ("evidence", models.CharField(max_length=500)),
                ("rule", models.CharField(blank=True, max_length=64)),
                ("is_critical", models.BooleanField(default=False)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "countermeasure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="records.countermeasure",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("held_on", models.DateField()),
                ("track", models.CharField(max_length=64)),
                ("as_of", models.DateTimeField()),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReviewPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=16)),
                ("subject", models.CharField(max_length=200)),
                ("says", models.JSONField(default=dict)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("do", "Do"),
                            ("settled", "Settled"),
                            ("carry", "Carry"),
                        ],
                        max_length=8,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=1000)),
                ("due_on", models.DateField(null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "carried_from",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried_to",
                        to="records.reviewpoint",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points",
                        to="records.review",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StepScore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField()),
                (
                    "score",
                    models.CharField(
                        choices=[("yes", "Yes"), ("no", "No"), ("na", "Not Applicable")],
                        max_length=3,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "journey",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.journey",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="records.countermeasurestep",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.team",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="countermeasure",
            index=models.Index(
                fields=["is_open", "review_on"], name="records_cou_is_open_d13ca9_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="countermeasure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_open", True)),
                fields=("track", "node", "reason", "segment", "segment_value"),
                name="countermeasure_one_open_a_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="countermeasure",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="countermeasure_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="countermeasure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["volume", "conversion", "delay", "value", "capacity", "churn"])
                ),
                name="countermeasure_reason_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["seen", "known", "acted", "open"])),
                name="alert_answer_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="countermeasureevent",
            index=models.Index(
                fields=["countermeasure", "id"], name="records_cou_counter_7c933a_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="countermeasureevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["registered", "changed", "started", "reviewed", "ended", "reopened"],
                    )
                ),
                name="countermeasure_event_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="countermeasureevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["", "keep", "fix", "coach", "drop", "wait"])),
                name="countermeasure_decision_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="countermeasurestart",
            constraint=models.UniqueConstraint(
                fields=("countermeasure", "team", "phase"), name="start_once_a_team_and_phase"
            ),
        ),
        migrations.AddConstraint(
            model_name="countermeasurestart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("team", None)),
                fields=("countermeasure", "phase"),
                name="start_once_everywhere_and_phase",
            ),
        ),
        migrations.AddConstraint(
            model_name="countermeasurestep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text", ""), _negated=True), models.Q(("evidence", ""), _negated=True)
                ),
                name="step_says_what_is_seen",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)),
                fields=("track",),
                name="review_one_open_a_track",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewpoint",
            constraint=models.UniqueConstraint(
                fields=("review", "subject"), name="review_point_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "do"), _negated=True),
                    models.Q(("owner__isnull", False), ("due_on__isnull", False)),
                    _connector="OR",
                ),
                name="review_point_to_do_has_owner_and_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["", "do", "settled", "carry"])),
                name="review_point_decision_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="stepscore",
            index=models.Index(fields=["step", "on"], name="records_ste_step_id_07d86b_idx"),
        ),
        migrations.AddConstraint(
            model_name="stepscore",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__in", ["yes", "no", "na"])), name="step_score_is_known"
            ),
        ),
        migrations.RunPython(guard_history, migrations.RunPython.noop),
    ]
