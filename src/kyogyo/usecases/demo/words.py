"""What the people of the demo company write down. Several ways of saying each thing, none of them real."""

from __future__ import annotations

from collections.abc import Mapping

from kyogyo.words import Text

ANSWERS: Mapping[str, tuple[Text, ...]] = {
    "needs": (
        Text("Close the month in three days instead of nine", "月次の締めを9日から3日に短縮したい"),
        Text("See orders of all branches in one place", "全拠点の受注状況を1か所で見たい"),
        Text("Stop copying figures between spreadsheets", "表計算ソフト間の転記をなくしたい"),
        Text("Answer quotes within the day", "見積の回答を当日中に返したい"),
        Text("Know stock before promising a date", "納期を約束する前に在庫を確認したい"),
    ),
    "current_state": (
        Text("Eleven spreadsheets, merged by hand each month", "表計算ファイル11個を毎月手作業で統合している"),
        Text("An old system whose vendor leaves next year", "現行システムは来年で保守が終了する"),
        Text("By mail and phone; nobody sees the whole", "メールと電話でやり取りし、全体を見られる人がいない"),
        Text("Each branch its own way; mistakes twice a week", "拠点ごとに手順が異なり、週2回ほど誤りが出ている"),
    ),
    "authority": (
        Text("Head of administration proposes, the board approves", "管理部長が起案し、役員会が承認する"),
        Text("The plant manager decides up to this size", "この金額までは工場長が決裁できる"),
        Text("CFO, met once at the trade show", "最高財務責任者（展示会で一度面談済み）"),
        Text("Managing director; asks the head of sales first", "専務が決裁。事前に営業部長の意見を聞く"),
    ),
    "competitor": (
        Text("A large suite that they find too heavy", "大手の統合製品（重すぎると感じている）"),
        Text("Building it themselves", "自社開発"),
        Text("Two others, both asked for a quote", "他社2社にも見積を依頼中"),
        Text("Doing nothing for another year", "もう1年現状のまま続ける案"),
    ),
    "human_resources": (
        Text("Two people from administration, half their time", "管理部から2名（業務の半分を充てる）"),
        Text("One leader named; IT helps with the connection", "推進役1名。連携は情報システム部が支援"),
        Text("Not settled; they ask what others do", "未定。他社の体制を知りたいとのこと"),
    ),
    "decision_process": (
        Text("Section chief, department head, then the board", "課長、部長、役員会の順"),
        Text("Online approval in four steps, about two weeks", "電子稟議4段階、およそ2週間"),
        Text("Parent company approves above five million", "500万円以上は親会社の承認が必要"),
    ),
    "champion": (
        Text("The section chief of sales administration", "営業管理課の課長"),
        Text("A young planner who used it elsewhere", "前職で使っていた企画担当の方"),
        Text("Head of IT, wants the old system gone", "情報システム部長（旧システムを廃止したい）"),
    ),
    "next_step": (
        Text("Demonstration with the branch managers next week", "来週、拠点長を交えたデモ"),
        Text("They send sample data by Friday", "金曜までにサンプルデータを受領"),
        Text("Second meeting with the head of finance", "財務部長を交えた2回目の面談"),
    ),
    "source_reaction": (
        Text("The case of a maker of the same size", "同規模の製造業の導入事例"),
        Text("Asked for the price list after the webinar", "ウェビナー後に料金表を請求"),
        Text("The comparison on the web site, three visits", "サイトの比較ページを3回閲覧"),
        Text("Talked for ten minutes at the stand", "展示会のブースで10分ほど会話"),
    ),
    "success_measure": (
        Text("Month closed in three days, measured in June", "月次締め3日（6月に測定）"),
        Text("Quotes answered the same day in 9 of 10 cases", "見積の9割を当日中に回答"),
        Text("Branches stop sending spreadsheets by week six", "6週目までに拠点からの表計算ファイル提出をなくす"),
    ),
    "commitments": (
        Text("Migration of two years of data", "過去2年分のデータ移行"),
        Text("None", "なし"),
        Text("Training in both branches", "両拠点での研修の実施"),
    ),
    "why_bought": (
        Text("“You were the only ones who asked how we close the month.”", "「締めの手順まで聞いてくれたのは御社だけでした」"),
        Text("“Our people understood it in ten minutes.”", "「現場が10分で使い方を理解できました」"),
        Text("“The branch managers wanted it themselves.”", "「拠点長が自分たちから使いたいと言いました」"),
    ),
}  # fmt: skip
OTHER_ANSWER = Text("As told in the meeting", "面談で伺ったとおり")
CORRECTED = (
    Text("Not the plant: the head of purchasing decides", "決裁者は工場長ではなく購買部長"),
    Text("One branch first, the others after a quarter", "まず1拠点、ほかは1四半期後"),
    Text("The budget is for next fiscal year", "予算は来年度分"),
)
EVIDENCE = (
    Text("Minutes of the call", "通話の記録"),
    Text("Mail from the customer", "顧客からのメール"),
    Text("Shared notes, confirmed by them", "共有した議事録（先方確認済み）"),
)
WHY_NOW = (
    Text("Budget is planned this month, they want figures before that", "今月が予算編成のため、その前に概算がほしいとのこと"),
    Text("Their contract elsewhere ends in the spring", "他社との契約が春に満了するため"),
    Text("They asked for a meeting themselves", "先方から面談の依頼があったため"),
    Text("The new department head starts the project now", "新しい部長が今期の重点課題に挙げたため"),
)  # fmt: skip
CALLS = (
    Text(
        "Called; talked about how they do it now, friendly",
        "架電。現状のやり方を伺った。反応は良好",
    ),
    Text(
        "Answered my mail, wants to see it with a colleague",
        "メールに返信あり。同僚と一緒に見たいとのこと",
    ),
    Text(
        "Back from holiday, asked for next week", "休暇明け。来週あらためて連絡してほしいとのこと"
    ),
    Text("Went through the price list together", "料金表を一緒に確認"),
)
NO_ANSWER = (
    Text("No answer, left word", "不在。伝言を残した"),
    Text("Sent the case study", "導入事例を送付"),
)
MEETINGS = (
    Text(
        "First meeting: three people, an hour, many questions",
        "初回商談。3名出席、1時間。質問が多かった",
    ),
    Text("Demonstration for the branch managers", "拠点長向けのデモを実施"),
    Text("Went through the proposal with the head of finance", "財務部長と提案書を確認"),
)
NEXT_STEPS = (
    Text("Send the answers to the open questions", "宿題の回答を送付"),
    Text("Call about the quote", "見積の件で架電"),
    Text("Demonstration with the second branch", "2拠点目向けのデモ"),
    Text("Agree the plan to the contract", "契約までの進め方を合意"),
    Text("Check the use in the first month", "初月の利用状況を確認"),
)
PROMISES = (
    Text("Move two years of data before the start", "開始前に過去2年分のデータを移行する"),
    Text("Train both branches on site", "両拠点で訪問研修を行う"),
    Text("A named contact until the first month is closed", "初回の月次締めまで専任の窓口を置く"),
    Text("Connect to the existing accounting system", "現行の会計システムと連携する"),
)
NOT_EXPECTED = Text(
    "They thought this was included already", "先方は標準機能に含まれると理解していた"
)
ACCEPTED = (
    Text(
        "Clear and complete, thank you. I call today.", "内容が明確で助かります。本日連絡します。"
    ),
    Text("The need is as you wrote it.", "課題は記載のとおりでした。"),
)
RETURNS: Mapping[str, Text] = {
    "no_budget": Text("No budget before April; they want to hear from us in March", "4月まで予算がなく、3月に連絡がほしいとのこと"),
    "student": Text("A student who writes a paper; sent the public material", "論文を書いている学生の方。公開資料を案内済み"),
    "no_next_step": Text("Pleasant talk, but nobody there will take a next step", "雰囲気は良かったが、次に進める人がいない"),
    "info_mismatch": Text("They have eight users, not eighty; the rest fits as little", "利用者は80名ではなく8名。ほかの点も記載と異なる"),
    "unrecorded_promise": Text("They expect an interface that is nowhere written down", "どこにも記録のない連携機能を期待されている"),
    "bad_timing": Text("They merge two departments until summer", "夏まで部門統合の作業で動けない"),
}  # fmt: skip
MORE_WORK = Text("Who decides, and by when? I can't prepare the meeting without that.", "決裁者と時期を確認してください。それがないと商談の準備ができません。")  # fmt: skip
OFFERED_AGAIN = Text("Asked them: the head of purchasing decides, by the end of next month.", "先方に確認しました。決裁者は購買部長、時期は来月末です。")  # fmt: skip
OVERRIDES = (
    Text("The customer asked for the proposal in the meeting; the recap follows by mail tomorrow", "商談の場で提案を依頼されたため先に進める。議事録は明日送付"),
    Text("Known customer, evaluated it in the other branch last year", "昨年、別拠点で検証済みの既存顧客のため"),
)  # fmt: skip
BACK = Text(
    "The new head of IT wants to compare again", "新しい情報システム部長が再比較を希望したため"
)
BUYER_WORDS = (
    Text("“We put it off until the new building is ready.”", "「新社屋が完成するまで見送ります」"),
    Text("“The others were a third cheaper.”", "「他社が3割ほど安価でした」"),
)
OUR_VIEW = (
    Text("We never met who decides", "決裁者に会えないまま進めてしまった"),
    Text(
        "Price was only the reason that could be said",
        "価格は言いやすい理由で、本音は運用体制への不安と思われる",
    ),
)
EVIDENCE_OF_CRITERION = Text("In the record of the day", "当日の記録")
PLAN_FIELD = (
    Text("Plan", "契約プラン"),
    (
        Text("Light", "ライト"),
        Text("Standard", "スタンダード"),
        Text("Enterprise", "エンタープライズ"),
    ),
)
SYSTEM_FIELD = Text("System in use", "利用中のシステム")
SYSTEMS = (
    Text("Spreadsheets", "表計算ソフト"),
    Text("An old system of their own", "自社製の旧システム"),
    Text("A suite of another vendor", "他社の統合製品"),
)
TITLES = (Text("Head of administration", "管理部長"), Text("Section chief", "課長"), Text("Planner", "企画担当"), Text("Head of IT", "情報システム部長"))  # fmt: skip
