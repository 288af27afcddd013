"""The terminal: the same sentences, whole at any width, and nothing said by colour alone."""

from dataclasses import replace
from io import StringIO

import pyarrow as pa
import pytest
from rich.console import Console

from kyogyo.reports.contents import Exhibit, Section
from kyogyo.reports.terminal import render_terminal
from kyogyo.revenue_model.draw.lettering import cells


def _printed(report, *, lang, width):
    out = StringIO()
    console = Console(file=out, width=width, color_system=None, force_terminal=False)
    render_terminal(report=report, lang=lang, console=console)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _squeezed(text):
    """Without spaces, line breaks and frames, which depend on the width."""
    return "".join(each for each in text if not each.isspace() and each not in "│╭╮╰╯─")


@pytest.fixture(scope="module")
def small(sample, report):
    """One step, two stages, one piece of evidence, one caveat."""
    candidates = replace(
        sample.candidates(), table=sample.candidates().table.slice(0, 1), caveats=()
    )
    answer = replace(report.answer, candidates=candidates, reasons=report.answer.reasons[:1])
    rows = [{"step": "mql>working", "n": 200, "k": 50, "rate": 0.25, "lo": 0.195, "hi": 0.314}]
    funnel = replace(sample.funnel(), table=pa.Table.from_pylist(rows))
    lead = sample.text("Look here.", "ここを見てください。")
    return replace(
        report,
        answer=answer,
        stream=report.stream[4:6],
        sections=(Section("s", sample.text("Rates", "率"), lead, (Exhibit(funnel),)),),
        caveats=(sample.TYPE_KNOWN,),
        files=report.files[:1],
        next_actions=report.next_actions[1:],
    )


ENGLISH = """\
What holds revenue back · Sample Works Inc.
Data up to 2026-09-30
This data is simulated; no real company is shown.
╭─ The step that holds revenue back ───────────────────────────────────────────────╮
│                                                                                  │
│  Opportunities stop before the proposal: since March this costs about ¥12.4M a   │
│  month.                                                                          │
│                                                                                  │
│  Step: Qualified opportunity → Proposal                                          │
│  Cost a month: ¥12.4M (90% interval ¥6.1M – ¥19.8M)                              │
│  How sure: 86% (chance that this step costs more than any other)                 │
│                                                                                  │
│  Of the mature opportunities of the last 90 days 28.4% reached a proposal        │
│  (n=412), against 40.1% in their best stable past. Valued through the rest of    │
│  the stream with the win rate and first-year amount of that time.                │
│                                                                                  │
│  Why                                                                             │
│  - The rate fell in one month and stayed down.                                   │
│                                                                                  │
│  What to do next                                                                 │
│  1. Start one countermeasure with an owner, and review it on 2026-12-01.         │
│                                                                                  │
╰──────────────────────────────────────────────────────────────────────────────────╯

Every step, by what it costs ───────────────────────────────────────────────────────
One step stands out: qualified opportunity → proposal. Three others can't be told
apart from no loss.
1. Qualified opportunity → Proposal [conversion]: named
   Cost a month: ¥12.4M (90% interval ¥6.1M – ¥19.8M); Chance to be largest: 86%
   Now: 28.4%; Reference: 40.1%; Gap to reference: −11.7 pt; n=412
   below its best stable past since 2026-03

The stream ─────────────────────────────────────────────────────────────────────────
                                                             went         95%
Stage                    entered  inside now  median time      on    interval      n
[Field sales]
> Qualified opportunity    1,064         203    17.5 days   29.9%  27.2–32.7%  1,064
  Proposal                   318         170      unknown   44.3%  39.0–49.8%    318
> Holds revenue back

Rates ──────────────────────────────────────────────────────────────────────────────
Look here.

Step conversion
1.8% of leads became customers.
n=7,940; Basis: cohort
Step                   n  Went on   Rate   95% interval
MQL → Working (SAL)  200       50  25.0%  19.5% – 31.4%

What this data can’t tell ──────────────────────────────────────────────────────────
1. Not computed: The lead type is known only for leads that became customers, so a
   rate by lead type would be 100% for every type.
   Evidence: Lead type · known of those that got there 99.3%; Lead type · known of
   all others 0.0%
   Forbids: rates by Lead type

How the data was read ──────────────────────────────────────────────────────────────
File       Taken  Unchanged  Refused  Retracted  Verdicts
leads.csv  7,938          0        2          0  somewhere/leads.verdicts.csv
leads.csv: Read as Shift_JIS (cp932)."""


def test_a_small_report_in_a_terminal_of_84(small):
    assert _printed(small, lang="en", width=84) == ENGLISH


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("width", [44, 80, 132])
def test_no_line_is_wider_than_the_terminal(report, lang, width):
    lines = _printed(report, lang=lang, width=width).splitlines()
    assert [line for line in lines if cells(line) > width] == []


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("width", [44, 80, 132])
def test_every_sentence_and_number_is_said_at_any_width(report, lang, width):
    said = _squeezed(_printed(report, lang=lang, width=width))
    texts = [report.title, report.notice, report.answer.headline, report.answer.paragraph]
    texts += [*report.answer.reasons, *report.next_actions]
    texts += [stage.label for stage in report.stream]
    texts += [section.lead for section in report.sections]
    texts += [each.result.sentence for section in report.sections for each in section.exhibits]
    texts += [caveat.says for caveat in report.caveats]
    assert [text.say(lang) for text in texts if _squeezed(text.say(lang)) not in said] == []
    # the numbers of the stream: entered, inside, rate, n
    for number in ("7,940", "210", "58.2%", "1,064", "203", "29.9%", "1,502"):
        assert number in said


def test_the_marked_step_is_marked_in_words_and_a_sign(report):
    lines = _printed(report, lang="ja", width=100).splitlines()
    assert [line for line in lines if line.startswith(">")][-1] == "> ボトルネック"
    assert [line[:10] for line in lines if line.startswith("> 有効商談")] == ["> 有効商談    "]


def test_an_unmeasured_stage_is_no_data_and_a_short_one_says_why(report):
    lines = [line.strip() for line in _printed(report, lang="en", width=132).splitlines()]
    assert "Onboarding: not enough history (n=9)" in lines
    assert [line.split() for line in lines if line.startswith("Adopted")] == [
        ["Adopted", "no", "data"]
    ]


def test_a_narrow_terminal_lists_what_doesnt_fit(report):
    printed = _printed(report, lang="en", width=44)
    assert "entered: 7,940; inside now: 210; median" in printed


def test_a_wide_table_shows_what_fits_and_names_the_rest(report):
    lines = _printed(report, lang="en", width=80).splitlines()
    assert [line for line in lines if line.startswith("In the page also")] == [
        "In the page also: 7, 8, 9, 10, 11",
    ]


def test_markup_in_the_data_is_not_markup(sample, report):
    evil = sample.text("[red]x[/red] [link=http://a]", "[red]x[/red] [link=http://a]")
    hostile = replace(report, organisation=evil, sections=(), stream=())
    assert "[red]x[/red] [link=http://a]" in _printed(hostile, lang="en", width=80)


def test_no_emoji(report):
    printed = _printed(report, lang="ja", width=100)
    assert [sign for sign in printed if ord(sign) > 0x1F000] == []


def test_without_verdicts_the_files_are_named(report):
    printed = _printed(replace(report, files=()), lang="en", width=80)
    assert printed.splitlines()[-2:] == ["leads.csv", "deals.csv"]
