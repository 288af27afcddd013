from __future__ import annotations

import io

import pytest
from rich.console import Console

from kyogyo.revenue_model import RevenueModel, default_model, make_model
from kyogyo.revenue_model.draw import draw_terminal
from kyogyo.revenue_model.draw.lettering import cells
from kyogyo.words import LANGS, Lang


def printed(model: RevenueModel, *, track: str | None = None, lang: Lang, width: int = 80) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(draw_terminal(model, track=track, lang=lang))
    return out.getvalue()


def test_picture_of_a_track() -> None:
    assert printed(default_model(), track="expansion", lang="ja", width=60) == (
        "THE MODEL（標準）｜拡大（アップセル・クロスセル）\n"
        "━━ カスタマーサクセス ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\n"
        "  ┃  1 拡大の兆し（CSQL）  さらに実現したいことを話した\n"
        "  ╪ 引き継ぎ  受け入れの判断: 8営業時間以内\n"
        "━━ フィールドセールス ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\n"
        "  ┃  2 拡大の提案          追加の条件を検討している\n"
        "  ┃  3 拡大                追加で契約した\n"
        "\n"
        "案件の終わり\n"
        "  ×\u00a0失注  ×\u00a0検討中止  ↺\u00a0還流\n"
        "\n"
        "逆の流れ\n"
        "  フィールドセールス ◂── カスタマーサクセス  (7日以内に回答)\n"
        "      期待と実態のずれ、守れない約束、うまくいく顧客の特徴\n"
    )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_wider_than_the_terminal(lang: Lang, width: int) -> None:
    lines = printed(default_model(), lang=lang, width=width).splitlines()

    assert [line for line in lines if cells(line) > width] == []


def test_brackets_in_a_name_are_no_markup() -> None:
    model = make_model(
        {
            "name": "A [bold]B[/bold] \\",
            "currency": "JPY",
            "time_zone": "UTC",
            "departments": [{"code": "d", "label": "[red]"}],
            "tracks": [{"code": "t", "label": "[x]", "stages": ["s"]}],
            "stages": [{"code": "s", "label": "[link=x]S", "department": "d"}],
        },
        name="brackets",
    )

    assert printed(model, lang="en", width=40) == (
        "A [bold]B[/bold] \\: [x]\n━━ [red] ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\n  ┃  1 [link=x]S  \n"
    )


def test_as_a_string_it_is_plain_text() -> None:
    drawing = draw_terminal(default_model(), track="renewal", lang="en")

    assert str(drawing) == (
        "THE MODEL (default): Renewal\n"
        f"━━ Customer success {'━' * 59}\n"
        "  ┃  1 Renewal due  Decides whether to renew\n"
        "  ┃  2 Renewed      Signed again\n"
        "\n"
        "How a journey ends\n"
        "  ×\u00a0Churned"
    )
