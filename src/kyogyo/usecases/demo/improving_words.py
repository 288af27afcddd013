"""What the demo company says of its countermeasures and in its review."""

from __future__ import annotations

from dataclasses import dataclass

from kyogyo.words import Text


@dataclass(frozen=True, slots=True)
class Act:
    """A step of a playbook, and what others can see of it."""

    does: Text
    seen: Text
    is_critical: bool = False


RUNNING = Text("Decide on a meeting together, the same day", "商談の受け入れを当日中に2人で決める")
RUNNING_WHY = Text(
    "Since spring field sales accepts far fewer of the meetings that inside sales sets. Many are returned after days, by mail, "
    "with a reason that a question to the customer would have settled. If the two decide together on the day of the meeting, "
    "about half of what was lost comes back.",
    "春以降、インサイドセールスが設定した商談を受け入れる割合が大きく下がっている。数日後にメールだけで差し戻され、顧客に1つ確認すれば"
    "解決した理由のものが多い。商談当日に2人で決めれば、失った分のおよそ半分は戻ると考える。",
)
# The third is the one that is often left out.
RUNNING_ACTS = (
    Act(Text("Read the packet the day before, and note one question", "前日までに引き継ぎ内容を読み、確認したいことを1つ書く"),
        Text("The question in the journey's notes", "案件の記録にある質問")),
    Act(Text("Call inside sales for ten minutes on the day of the meeting", "商談当日、インサイドセールスと10分の電話で話す"),
        Text("The call in the calendar of both", "2人の予定表にある電話"), is_critical=True),
    Act(Text("Ask the customer what is missing before anything is returned", "差し戻す前に、足りない点を顧客に確認する"),
        Text("The mail to the customer", "顧客へのメール")),
    Act(Text("Leave the meeting with the date of the next one", "次回の日程を決めて商談を終える"),
        Text("The date as the next step of the journey", "案件の「次の一手」にある日付")),
)  # fmt: skip
EARLIER_REVIEW = Text(
    "Three teams have done it for weeks now. We look at it together before the fourth begins.",
    "3つの課で数週間続けた。4つ目の課が始める前に、いったん全員で結果を見る。",
)
FINISHED = Text("Call new leads within the hour", "新しいMQLに1時間以内に架電する")
FINISHED_WHY = Text(
    "Who is called at once is reached more easily, so more of them should be taken up sooner.",
    "すぐに架電するほどつながりやすいので、対応に移るまでの時間が短くなるはずだ。",
)
FINISHED_ACTS = (
    Act(Text("Look at the list at ten, one and four o'clock", "10時・13時・16時に新着の一覧を見る"),
        Text("The time at which the first call was made", "最初の架電の時刻")),
    Act(Text("Call before writing", "メールより先に電話をかける"),
        Text("A call before the first mail in the record", "記録上、最初のメールより前の架電"), is_critical=True),
)  # fmt: skip
FINISHED_BECAUSE = Text(
    "It was done, and the weeks show nothing that chance would not do. Inside sales has better use for the time.",
    "手順どおり実施したが、偶然を超える変化は見られなかった。同じ時間をほかの活動に使う。",
)
CARRIED = Text(
    "Too early to end it: the fourth team begins soon. Look again next week.",
    "終えるのはまだ早い。4つ目の課がまもなく始めるため、来週もう一度見る。",
)
ALERT_ANSWER = Text(
    "Talked through with inside sales; we try something about it, team by team.",
    "インサイドセールスと話し合い、課ごとに順に打ち手を試すことにした。",
)
