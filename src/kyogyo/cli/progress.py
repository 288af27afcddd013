"""What moves on the terminal while one waits: how far, how fast, how long still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from kyogyo.words import Lang, Text

if TYPE_CHECKING:
    from kyogyo.usecases.import_history import Progress

_RATE = Text(en="{rate:,.0f} rows/s", ja="毎秒 {rate:,.0f} 行")
_COMPARING = Text(en="comparing with what is known", ja="取り込み済みの内容と照合中")
_LEFT = Text(en="remaining", ja="残り")


class Telling(Protocol):
    """What the progress of an import is told to; `stop` takes the bars away, for a question."""

    def __call__(self, progress: Progress, /) -> None: ...

    def stop(self) -> None: ...


@contextmanager
def import_progress(*, lang: Lang) -> Iterator[Telling]:
    """What to tell the progress of an import to. Nothing is drawn where there is no terminal."""
    from rich.console import Console  # noqa: PLC0415 -- slow import
    from rich.progress import (  # noqa: PLC0415 -- slow import
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        Task,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars  # noqa: PLC0415 -- slow import
    from rich.text import Text as Line  # noqa: PLC0415 -- slow import

    class Rate(ProgressColumn):
        """Rows a second so far."""

        def render(self, task: Task) -> Line:
            said = _RATE.say(lang).format(rate=task.speed) if task.speed else ""
            return Line(said, style="dim")

    # On stderr: what a command prints can be piped on.
    console = Console(stderr=True)
    bars = Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TextColumn(_LEFT.say(lang), style="dim"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    tasks: dict[tuple[str, int], TaskID] = {}

    class Told:
        """Moves the bar of the file that is read."""

        def __call__(self, progress: Progress, /) -> None:
            key = (progress.file, progress.number)
            said = f"{progress.number}/{progress.files} {progress.file}"
            if key not in tasks:
                tasks[key] = bars.add_task(said, total=progress.rows_estimate)
            if progress.is_read:
                said = f"{said} ({_COMPARING.say(lang)})"
            bars.update(
                tasks[key],
                description=said,
                completed=progress.rows,
                total=progress.rows_estimate,
            )

        def stop(self) -> None:
            bars.stop()

    with bars:
        yield Told()


@contextmanager
def watch_copy(*, lang: Lang) -> Iterator[Callable[[int], None]]:
    """What to tell the number of copied entries to. Nothing is drawn where there is no terminal."""
    from rich.console import Console  # noqa: PLC0415 -- slow import

    console = Console(stderr=True)
    says = Text(en="{n:,} entries copied …", ja="{n:,} 件の移行をコピーしました …")
    with console.status(says.say(lang).format(n=0)) as status:
        yield lambda done: status.update(says.say(lang).format(n=done))
