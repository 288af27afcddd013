"""What an import says of itself on the terminal, into a store or into the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.words import Text, count

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from kyogyo.usecases.import_history import FileReport, ImportReport
    from kyogyo.words import Lang

_NOTES_SHOWN = 6
ASK = Text(en="Import this?", ja="この内容で取り込みますか")
_HEADINGS = (
    Text(en="File", ja="ファイル"),
    Text(en="Source", ja="データ元"),
    Text(en="Rows", ja="行数"),
    Text(en="Taken", ja="取り込み"),
    Text(en="Unchanged", ja="変更なし"),
    Text(en="Refused", ja="受け付けず"),
    Text(en="Ignored", ja="対象外"),
    Text(en="Retracted", ja="取り消し"),
)


def summarise(report: ImportReport, *, lang: Lang, console: Console, whole: bool) -> None:
    """Print what became of each file: a table, then reasons, notes and what was not read.

    Sources without a file are only worth a line when `whole` folders were to be read.
    """
    from rich.table import Table  # noqa: PLC0415 -- slow import

    table = Table(box=None, pad_edge=False)
    for position, heading in enumerate(_HEADINGS):
        table.add_column(heading.say(lang), justify="left" if position < 2 else "right")
    for file in report.files:
        counts = (file.rows, file.taken, file.unchanged, file.refused, file.ignored, file.retracted)
        cells = ["-"] * len(counts) if file.error else [count(number) for number in counts]
        table.add_row(file.label.partition(":")[2], file.source, *cells)
    if report.files:
        console.print(table)
    for file in report.files:
        _explain(file, lang=lang, console=console)
    for unmatched in report.unmatched:
        _say(console, f"? {unmatched.path.name}: {unmatched.says.say(lang)}")
    if whole and report.without_file:
        names = ", ".join(report.without_file)
        says = Text(
            en=f"No file was given for: {names}.", ja=f"ファイルがなかったデータ元: {names}。"
        )
        _say(console, f"? {says.say(lang)}")


def _explain(file: FileReport, *, lang: Lang, console: Console) -> None:
    lines = []
    if file.error is not None:
        lines.append(f"  x {file.error.say(lang)}")
    for reason, times, row in file.reasons:
        where = Text(
            en=f"{times:,} refused, first in row {row}",
            ja=f"{times:,} 行を受け付けず(最初は {row} 行目)",
        )
        lines.append(f"  - {where.say(lang)}: {reason.say(lang)}")
    lines += [f"  ! {note.say(lang)}" for note in file.notes[:_NOTES_SHOWN]]
    if len(file.notes) > _NOTES_SHOWN:
        more = len(file.notes) - _NOTES_SHOWN
        lines.append(Text(en=f"  ! {more} more notes", ja=f"  ! ほかに {more} 件の注記").say(lang))
    for path in (file.verdicts_path, file.refused_path):
        if path is not None:
            lines.append(f"  → {path}")
    if lines:
        _say(console, file.label)
        for line in lines:
            _say(console, line)


def conclude(
    report: ImportReport, *, place: Path, lang: Lang, console: Console, dry_run: bool
) -> None:
    """Say what is kept now, and how many files failed."""
    if not report.files:
        says = Text(
            en="No file was read. Name files that a [[sources]] section of the model reads, or let "
            "one be proposed: kyogyo import FILE --guess",
            ja="読み込んだファイルはありません。モデルの [[sources]] に合うファイルを指定するか、対応付けの提案を"
            "使ってください: kyogyo import ファイル --guess",
        )
    elif dry_run:
        says = Text(en="Nothing was kept (dry run).", ja="確認のみ行い、何も保存していません。")
    elif not report.kept:
        says = Text(en="Nothing was kept.", ja="何も保存していません。")
    else:
        says = Text(en=f"Kept in {place}.", ja=f"{place} に保存しました。")
    _say(console, says.say(lang))
    failed = len(report.failed)
    if failed:
        says = Text(
            en=f"Files that could not be imported: {failed} of {len(report.files)}."
            + (" The others were." if report.kept and failed < len(report.files) else ""),
            ja=f"{len(report.files)} 件中 {failed} 件のファイルを取り込めませんでした。",
        )
        _say(console, says.say(lang))


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True, markup=False)
