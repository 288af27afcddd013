"""A company of many journeys in an installation of its own, written straight into the tables.

    .venv/bin/python benchmarks/company.py --home /tmp/big --journeys 1_000_000

Three years of leads on four tracks: most end early, some are sold; people of four departments in teams of
five or six; handoffs with their events, answers, activities, next steps. By actions it would take a day. The names
are cut for the search as the actions cut them. There are no rows of audit, and one of the outbox for all.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pysqlite3 as sqlite3
from clock import Clock

from kyogyo.records.search_text import search_text
from kyogyo.revenue_model import default_model
from kyogyo.revenue_model.load import DEFAULT_FILE
from kyogyo.revenue_model.schema import RevenueModel

DAYS = 1_200
TEAMS_A_DEPARTMENT = 8
SEED = 7
AT_ONCE = 50_000
TRACK_SHARES = (0.78, 0.14, 0.06, 0.02)
GOES_ON = 0.68  # the share that goes on from one stage to the next
A_STEP_DAYS = 9.0
SOURCES = ("web", "expo", "referral", "ads", "partner", "seminar", "outbound")
SEGMENTS = ("enterprise", "mid", "small")
_FIRST = ("北海", "東都", "青葉", "三松", "大和田", "山吹", "銀河", "みなと", "朝日野", "富士見", "高瀬", "白鳥", "若葉", "光洋", "日の出", "緑川")  # fmt: skip
_SECOND = ("テック", "物産", "電機", "製作所", "システム", "食品", "運輸", "建設", "化学", "商事", "フーズ", "ソフト", "工業", "印刷", "薬品", "繊維")  # fmt: skip
_LAST = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤")
_GIVEN = ("翔太", "美咲", "健一", "陽子", "大輔", "彩", "直樹", "由美", "拓也", "恵")
_QUESTIONS = ("needs", "budget", "timeframe")

INSERTS = {
    "user": "INSERT INTO records_user (id, password, is_superuser, email, name, lang, is_active, is_placeholder, joined_at) VALUES (?, '!none', 0, ?, ?, ?, 1, 0, ?)",
    "team": "INSERT INTO records_team (id, code, label_en, label_ja, department, parent_id) VALUES (?, ?, ?, ?, ?, ?)",
    "membership": "INSERT INTO records_membership (user_id, team_id, role, sight, since) VALUES (?, ?, ?, '', ?)",
    "account": "INSERT INTO records_account (id, name, kana, search, domain, segment, industry, region, facts, made_at) VALUES (?, ?, '', ?, ?, ?, ?, ?, '{}', ?)",
    "person": "INSERT INTO records_person (id, account_id, name, kana, title, email, phone, search, made_at) VALUES (?, ?, ?, '', '部長', '', '', ?, ?)",
    "journey": "INSERT INTO records_journey (id, account_id, person_id, title, search, track, attempt, source, campaign, facts, opened_at, stage, stage_type, stage_entered_at, owner_id, team_id, amount, next_step, next_step_on, last_activity_at, revision) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, '{}', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
    "stageentry": "INSERT INTO records_stageentry (journey_id, stage, at, recorded_at, precision, cause, department, owner_id, by_id, amount, model_version_id, missing, override_reason, reason, buyer_words, our_view) VALUES (?, ?, ?, ?, 'second', 'person', ?, ?, ?, ?, 1, '[]', '', ?, '', '')",
    "assignment": "INSERT INTO records_assignment (journey_id, user_id, team_id, at, recorded_at) VALUES (?, ?, ?, ?, ?)",
    "activity": "INSERT INTO records_activity (journey_id, kind, at, recorded_at, by_id, department, is_two_way, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "nextstep": "INSERT INTO records_nextstep (journey_id, text, due_on, by_id, at) VALUES (?, ?, ?, ?, ?)",
    "handoff": "INSERT INTO records_handoff (id, journey_id, code, giver, receiver, from_stage, to_stage, offered_by_id, receiver_user_id, receiver_team_id, model_version_id, offered_at, open_round) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, 1, ?, ?)",
    "handoffevent": "INSERT INTO records_handoffevent (handoff_id, kind, round, at, recorded_at, by_id, reason, words, packet) VALUES (?, ?, 1, ?, ?, ?, '', '', '{}')",
    "claim": "INSERT INTO records_claim (journey_id, question, answer, is_unknown, certainty, evidence, department, verdict, handoff_id, model_version_id, at, recorded_at, by_id) VALUES (?, ?, '2026年度中に比較して決める', 0, 'sure', '', ?, 'new', ?, 1, ?, ?, ?)",
}  # fmt: skip
Rows = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Seat:
    """Who works where. `team` is None for those who belong to the whole company."""

    user: int
    team: int
    role: str


@dataclass(frozen=True)
class Staff:
    """The people by department and team, as ids."""

    seats: tuple[Seat, ...]
    departments: dict[str, list[tuple[int, list[int]]]]  # (team, people) of each team

    def of(self, department: str, journey: int) -> tuple[int, int]:
        """(person, team) who has this journey while it is that department's."""
        teams = self.departments[department]
        team, people = teams[journey % len(teams)]
        return people[journey // len(teams) % len(people)], team


def hire(people: int, *, model: RevenueModel) -> Staff:
    """An administrator, RevOps, a viewer, a head for each department, and the rest in its teams."""
    seats = [Seat(1, 1, "admin"), Seat(2, 1, "revops"), Seat(3, 1, "viewer")]
    departments: dict[str, list[tuple[int, list[int]]]] = {}
    user, team = 4, 2
    for department in model.departments:
        seats.append(Seat(user, team, "manager"))
        departments[department.code] = [(team + 1 + n, []) for n in range(TEAMS_A_DEPARTMENT)]
        user, team = user + 1, team + 1 + TEAMS_A_DEPARTMENT
    every = [one for teams in departments.values() for one in teams]
    for number in range(max(people - user + 1, len(every))):
        place, members = every[number % len(every)]
        seats.append(Seat(user, place, "member" if members else "manager"))
        members.append(user)
        user += 1
    return Staff(tuple(seats), departments)


def texts(at: np.ndarray) -> list[str]:
    """Instants in microseconds as Django writes them on SQLite."""
    shape = np.datetime_as_string(at.astype("datetime64[us]"))
    return [one.replace("T", " ") for one in shape.tolist()]


def fill(path: Path, *, journeys: int, people: int, seed: int = SEED) -> None:
    """Write all of it into the empty tables of an installation."""
    model = default_model()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        # An empty file that is half written is made again: no journal, which would write all of it twice.
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;"
    )
    later = take_away(connection)
    connection.execute("BEGIN")
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0).isoformat(" ")
    text = DEFAULT_FILE.read_text(encoding="utf-8")
    connection.execute(
        "INSERT INTO records_modelversion (id, version, text, digest, since) VALUES (1, ?, ?, 'd', ?)",
        [model.version, text, now],
    )
    staff = hire(people, model=model)
    connection.execute("INSERT OR REPLACE INTO records_organisation (id, is_demo, set_up_at) VALUES (1, 0, ?)", [now])  # fmt: skip
    write(connection, people_rows(staff, model=model, now=now))
    accounts = max(journeys * 2 // 5, 1)
    for first in range(1, accounts + 1, AT_ONCE):
        rows = account_rows(range(first, min(first + AT_ONCE, accounts + 1)), now=now)
        write(connection, rows)
    journeys_of = Journeys(model, staff, accounts=accounts, journeys=journeys, seed=seed)
    for first in range(1, journeys + 1, AT_ONCE):
        write(connection, journeys_of.rows(range(first, min(first + AT_ONCE, journeys + 1))))
    connection.execute(
        "INSERT INTO records_outbox (at, kind, journey_from, journey_to, payload) VALUES (?, 'import', 1, ?, '{}')",
        [now, journeys],
    )
    connection.execute("COMMIT")
    for statement in later:
        connection.execute(statement)
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def take_away(connection: sqlite3.Connection) -> list[str]:
    """Drop indexes and what follows each row; returns what makes them again."""
    nouns = "', '".join(f"records_{noun}" for noun in INSERTS)
    held = connection.execute(
        f"SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ('{nouns}') "
        "AND (type = 'index' OR name LIKE '%_words_added')"
    ).fetchall()
    for kind, name, _ in held:
        connection.execute(f"DROP {kind} {name}")
    words = [
        f"INSERT INTO records_{noun}_words(records_{noun}_words) VALUES ('rebuild')"
        for noun in ("account", "person", "journey")
    ]
    return [*(sql for _, _, sql in held), *words]


def write(connection: sqlite3.Connection, rows: Rows) -> None:
    for noun, some in rows.items():
        connection.executemany(INSERTS[noun], some)


def people_rows(staff: Staff, *, model: RevenueModel, now: str) -> Rows:
    """Teams, people and who is where."""
    teams: list[tuple[object, ...]] = [(1, "company", "Company", "会社", "", None)]
    for department in model.departments:
        head = staff.departments[department.code][0][0] - 1
        label = department.label.text
        teams.append((head, department.code, label.en, label.ja, department.code, 1))
        for number, (team, _) in enumerate(staff.departments[department.code], start=1):
            code = f"{department.code}-{number}"
            teams.append((team, code, f"{label.en} {number}", f"{label.ja} {number}", department.code, head))  # fmt: skip
    names = [(one.user, f"{_LAST[one.user % 10]} {_GIVEN[one.user // 10 % 10]}") for one in staff.seats]  # fmt: skip
    return {
        "team": teams,
        "user": [(user, f"p{user}@example.com", name, "ja" if user % 4 else "en", now) for user, name in names],
        "membership": [(one.user, one.team, one.role, now) for one in staff.seats],
    }  # fmt: skip


def account_rows(numbers: range, *, now: str) -> Rows:
    """Companies with a name that is searched for in parts, and one person each."""
    accounts: list[tuple[object, ...]] = []
    people: list[tuple[object, ...]] = []
    for n in numbers:
        name = f"{_FIRST[n % 16]}{_SECOND[n // 16 % 16]}{n // 256 or ''} 株式会社"
        domain = f"c{n}.example.com"
        search = search_text(name, "", domain)
        accounts.append((n, name, search, domain, SEGMENTS[n % 3], f"業種{n % 11}", f"地域{n % 8}", now))  # fmt: skip
        who = f"{_LAST[n % 10]} {_GIVEN[n // 10 % 10]}"
        people.append((n, n, who, search_text(who), now))
    return {"account": accounts, "person": people}


class Journeys:
    """Journeys from a number on, in the order in which they began."""

    def __init__(
        self, model: RevenueModel, staff: Staff, *, accounts: int, journeys: int, seed: int
    ) -> None:
        self._model, self._staff, self._accounts = model, staff, accounts
        self._rng = np.random.default_rng(seed)
        self._now = np.datetime64(datetime.now(UTC).replace(tzinfo=None), "us").astype(np.int64)
        self._journeys = journeys
        self._handoffs = 0
        self._types = {stage.code: stage.type for stage in model.stages}
        self._departments = {stage.code: stage.department for stage in model.stages}

    def rows(self, numbers: range) -> Rows:
        rows: Rows = {noun: [] for noun in INSERTS if noun not in ("user", "team", "membership", "account", "person")}  # fmt: skip
        for n, track, stages, at in self._passes(numbers):
            self._one(rows, n, track, stages, at)
        return rows

    def _passes(self, numbers: range) -> Iterator[tuple[int, str, list[str], list[str]]]:
        """Number, track, the stages entered and when."""
        rng, size, day = self._rng, len(numbers), 86_400_000_000
        share = np.fromiter(numbers, dtype=np.int64) / self._journeys
        start = self._now - ((1 - share) * DAYS * day).astype(np.int64) - rng.integers(60, 3_600) * 1_000_000  # fmt: skip
        tracks = self._model.tracks
        track = rng.choice(len(tracks), size, p=TRACK_SHARES)
        longest = max(len(one.stages) for one in tracks)
        length = np.array([len(one.stages) for one in tracks])[track]
        depth = np.minimum(rng.geometric(1 - GOES_ON, size), length)
        gaps = rng.exponential(A_STEP_DAYS * day, (size, longest)).astype(np.int64)
        at = start[:, None] + np.hstack([np.zeros((size, 1), np.int64), np.cumsum(gaps, axis=1)])
        has_come = at < self._now
        entered = np.minimum(depth, has_come.sum(axis=1))
        is_stuck = rng.random(size) < 0.04
        ends = (entered == depth) & (depth < length) & ~is_stuck
        ends &= has_come[np.arange(size), np.minimum(depth, longest)]
        luck = rng.random(size)
        for i, n in enumerate(numbers):
            one, reached = tracks[int(track[i])], int(entered[i])
            stages = list(one.stages[:reached])
            if ends[i]:
                stages.append(_end(stages, one.exits, float(luck[i])))
            yield n, one.code, stages, texts(at[i, : len(stages)])

    def _one(self, rows: Rows, n: int, track: str, stages: list[str], at: list[str]) -> None:
        account, amount = 1 + n * 7 % self._accounts, 500_000 + n * 7_919 % 9_000_000
        person: int | None = None
        team: int | None = self._staff.of("marketing", n)[1]
        before = ""
        for stage, when in zip(stages, at, strict=True):
            kind = self._types[stage]
            here = self._departments[stage] if kind not in ("lost", "recycled") else before
            if here != before and (before or stage != "lead"):
                self._hand(rows, n, stage, when, before, here, person)
                person, team = self._staff.of(here, n)
                rows["assignment"].append((n, person, team, when, when))
                rows["activity"].append((n, "call", when, when, person, here, n % 2, "電話で状況を確認した。次回の打ち合わせを相談。"))  # fmt: skip
            reason = "no_response" if kind in ("lost", "recycled") else ""
            rows["stageentry"].append((n, stage, when, when, here, person, person, amount, reason))
            before = here
        self._stand(rows, n, track, account, amount, stages, at, person, team)

    def _hand(
        self, rows: Rows, n: int, stage: str, when: str, giver: str, receiver: str, by: int | None
    ) -> None:
        declared = next((one for one in self._model.handoffs if (one.giver, one.receiver) == (giver, receiver)), None)  # fmt: skip
        if declared is None:
            return
        self._handoffs += 1
        taker, team = self._staff.of(receiver, n)
        number = self._handoffs
        rows["handoff"].append((number, n, declared.code, giver, receiver, declared.from_stage, stage, by, team, when, None))  # fmt: skip
        rows["handoffevent"].append((number, "offered", when, when, by))
        rows["handoffevent"].append((number, "accepted", when, when, taker))
        if number % 20:  # one in twenty never says how it went
            rows["handoffevent"].append((number, "result", when, when, taker))
        for question in _QUESTIONS:
            rows["claim"].append((n, question, giver, number, when, when, by))

    def _stand(
        self, rows: Rows, n: int, track: str, account: int, amount: int, stages: list[str], at: list[str],
        person: int | None, team: int | None,
    ) -> None:  # fmt: skip
        """The journey as it stands after all that; where it goes on, a next step, and some offers that wait."""
        stage, kind = stages[-1], self._types[stages[-1]]
        goes_on = kind in ("open", "ongoing") and person is not None
        step, due = ("", None)
        if goes_on and n % 5:
            step, due = "見積もりの前提を確認する", str(np.datetime64(int(self._now), "us").astype("datetime64[D]") + n % 24 - 6)  # fmt: skip
            rows["nextstep"].append((n, step, due, person, at[-1]))
        offered = next((one for one in self._model.handoffs if one.from_stage == stage), None)
        if goes_on and offered is not None and n % 4 == 0:
            self._handoffs += 1
            receiving = self._staff.of(offered.receiver, n)[1]
            rows["handoff"].append((self._handoffs, n, offered.code, offered.giver, offered.receiver, offered.from_stage, offered.to_stage, person, receiving, at[-1], 1))  # fmt: skip
            rows["handoffevent"].append((self._handoffs, "offered", at[-1], at[-1], person))
        title = f"新規導入 {n}" if n % 5 == 0 else ""
        rows["journey"].append((
            n, account, account, title, search_text(title) if title else "", track, SOURCES[n * 31 % 7], f"c{n % 40}", at[0],
            stage, kind, at[-1], person, team, amount, step, due, at[-1] if person else None,
        ))  # fmt: skip


def _end(stages: list[str], exits: tuple[str, ...], luck: float) -> str:
    """How such a journey ends."""
    if "won" in stages or exits == ("churned",):
        wanted = ("churned",)
    elif "discovery" in stages:
        wanted = ("lost", "no_decision", "recycled")
    else:
        wanted = ("recycled", "disqualified", "ineligible", "recycled")
    some = [one for one in wanted if one in exits] or list(exits)
    return some[int(luck * len(some))]


def main() -> None:
    """Make the installation in a folder that is empty or isn't there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--journeys", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=200)
    asked = parser.parse_args()
    if (asked.home / "kyogyo.sqlite3").exists():
        sys.exit(f"There is an installation in {asked.home} already.")
    from serving import prepare  # noqa: PLC0415 -- slow import

    prepare(asked.home)
    with Clock() as taken:
        fill(asked.home / "kyogyo.sqlite3", journeys=asked.journeys, people=asked.people)
    print(f"{asked.journeys:,} journeys written in {taken.wall:.0f} s.")


if __name__ == "__main__":
    main()
