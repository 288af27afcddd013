from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.errors import ModelError
from kyogyo.revenue_model import RevenueModel, default_model, make_model
from kyogyo.revenue_model.draw.scene import StageFigures, set_scene
from kyogyo.words import Text


def codes(scene_rows: object) -> list[list[str]]:
    return [[step.stage.code for step in row] for row in scene_rows]  # type: ignore[attr-defined]


def line_of_stages(owners: list[int]) -> RevenueModel:
    """A model whose stage number i belongs to department number owners[i]."""
    stages = [f"s{number}" for number in range(len(owners))]
    return make_model(
        {
            "name": "Line",
            "currency": "JPY",
            "time_zone": "UTC",
            "departments": [{"code": f"d{n}", "label": f"D{n}"} for n in sorted(set(owners))],
            "tracks": [{"code": "all", "label": "All", "stages": stages}],
            "stages": [
                {"code": code, "label": code, "department": f"d{owner}"}
                for code, owner in zip(stages, owners, strict=True)
            ],
        },
        name="line",
    )


def test_long_track_breaks_where_the_department_changes() -> None:
    scene = set_scene(default_model(), track="new_business", lang="en", values=None, highlight=None)

    assert codes(scene.rows) == [
        ["lead", "mql", "working", "qualifying", "meeting_set"],
        [
            "pending_acceptance",
            "discovery",
            "evaluation",
            "proposal",
            "negotiation",
            "won",
            "onboarding",
            "adopted",
        ],
    ]


def test_short_track_is_one_row() -> None:
    scene = set_scene(default_model(), track="renewal", lang="en", values=None, highlight=None)

    assert codes(scene.rows) == [["renewal_due", "renewed"]]
    assert [department.code for department in scene.departments] == ["customer_success"]
    assert scene.channels == ()


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_rows_hold_every_stage_in_order_and_none_is_too_long(owners: list[int]) -> None:
    model = line_of_stages(owners)
    rows = codes(set_scene(model, track=None, lang="ja", values=None, highlight=None).rows)

    assert [code for row in rows for code in row] == [stage.code for stage in model.stages]
    assert [row for row in rows if not 1 <= len(row) <= 8] == []


def test_a_department_has_one_hue_on_every_track() -> None:
    model = default_model()
    hues = [
        set_scene(model, track=track.code, lang="ja", values=None, highlight=None).hues
        for track in model.tracks
    ]

    assert hues == [
        {"marketing": 0, "inside_sales": 1, "field_sales": 2, "customer_success": 3}
    ] * len(model.tracks)


@pytest.mark.parametrize(
    ("values", "highlight"), [({"lost": StageFigures("1")}, None), (None, "lost")]
)
def test_stage_that_is_not_on_the_path_is_told(
    values: dict[str, StageFigures] | None, highlight: str | None
) -> None:
    with pytest.raises(ModelError) as caught:
        set_scene(default_model(), track="renewal", lang="en", values=values, highlight=highlight)

    assert caught.value.text == Text(
        en='"lost" is not a stage. There are: renewal_due, renewed.',
        ja="「lost」というフェーズはありません。使えるもの: renewal_due、renewed。",
    )
