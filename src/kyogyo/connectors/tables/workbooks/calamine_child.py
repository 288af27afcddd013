"""Reads a workbook of an old or rare kind with python-calamine, in a process of its own.

It is started as a script with the path, the sheet's name and a limit of memory in bytes, and
writes JSON lines: the names of the sheets, then rows as [number, cells]. A workbook made to
exhaust memory ends this process and no other. It imports nothing of Kyogyo's.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from itertools import islice
from typing import Any

ROWS_TOGETHER = 500


def plain(value: Any) -> Any:
    """A cell as JSON: dates as ISO text, numbers as numbers, texts as they are."""
    if isinstance(value, dt.datetime):
        kind = "milliseconds" if value.microsecond else "seconds"
        return value.isoformat(sep=" ", timespec=kind)
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours:02d}:{minutes:02d}:{seconds:02d}"
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return value


def limit_memory(size: int) -> None:
    """Let this process have no more than `size` bytes, where the system can do that."""
    try:
        import resource  # noqa: PLC0415 -- optional dependency
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def say(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=True) + "\n")


def main(path: str, sheet: str, memory: int) -> int:
    """Without a sheet's name: the names of the sheets, visible ones first. With it: its rows."""
    limit_memory(memory)
    import python_calamine as calamine  # noqa: PLC0415 -- slow import

    try:
        with calamine.load_workbook(path) as workbook:
            if not sheet:
                shown = calamine.SheetVisibleEnum.Visible
                listed = [
                    [each.name, each.visible == shown]
                    for each in workbook.sheets_metadata
                    if each.typ == calamine.SheetTypeEnum.WorkSheet
                ]
                say(listed)
                return 0
            found = workbook.get_sheet_by_name(sheet)
            first = found.start[0] + 1 if found.start else 1
            rows = enumerate(found.iter_rows(), start=first)
            filled = (
                [number, list(map(plain, row))] for number, row in rows if any(c != "" for c in row)
            )
            say([found.height, found.start[1] if found.start else 0])
            while together := list(islice(filled, ROWS_TOGETHER)):
                say(together)
    except calamine.PasswordError:
        return 4
    except (calamine.CalamineError, OSError):
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
