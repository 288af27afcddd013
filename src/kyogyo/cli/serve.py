"""`kyogyo serve`: the application, for real use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kyogyo.cli.language import chosen_lang
from kyogyo.cli.report import LangOption
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.words import Lang

HostOption = Annotated[
    str, typer.Option("--host", help="The address to listen on. 待ち受けるアドレス。")
]
PortOption = Annotated[
    int, typer.Option("--port", help="The port to listen on. 待ち受けるポート。", min=1, max=65535)
]
SERVER, FOLLOWER = "kyogyo.config.server", "kyogyo.config.follower"


def register(app: typer.Typer) -> None:
    """Add `serve` to the program."""
    app.command("serve")(serve)


def serve(
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            help="Where everything is kept (default: KYOGYO_HOME, else kyogyo-data). データの置き場所。",
        ),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            help="Web processes; 0: KYOGYO_WORKERS, else one a processor, four at most. "
            "Web プロセスの数（0 は自動）。",
            min=0,
        ),
    ] = 0,
    lang: LangOption = None,
) -> None:
    """Serve the application: records, pages and the measuring copy, in one folder. アプリケーションを起動します。

    Brings the database up to date first. With nobody in it yet, it prints the link with which the
    first administrator is made. Ctrl-C ends everything that it started.

    Example: kyogyo serve --port 8000 --home kyogyo-data
    """
    from kyogyo.usecases.prepare_home import choose_home, prepare_database  # noqa: PLC0415 -- slow import

    chosen = chosen_lang(lang)
    require_free(host, port)
    choose_home(home)
    prepare_database()
    typer.echo(_first_words(host, port, lang=chosen))
    run_application(host=host, port=port, workers=workers)


def run_application(*, host: str, port: int, workers: int = 0) -> None:
    """Run the server and what follows the records, until Ctrl-C."""
    from kyogyo.cli.children import Children  # noqa: PLC0415 -- slow import

    words = ("--host", host, "--port", str(port), "--workers", str(workers))
    Children({SERVER: words, FOLLOWER: ()}).run()


def address_of(host: str, port: int) -> str:
    """The address for a browser on this machine."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 -- compared, not bound
    return f"http://{shown}:{port}/"


def require_free(host: str, port: int) -> None:
    """Say at once that the port is taken, instead of after everything else is done."""
    import socket  # noqa: PLC0415 -- slow import

    from kyogyo.errors import SettingError  # noqa: PLC0415 -- slow import

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingError(
                en=f"Kyogyo can't listen on {host}, port {port}: {error.strerror}. Something else may "
                "listen there. Choose another with --port.",
                ja=f"{host} のポート {port} で待ち受けできません（{error.strerror}）。ほかのプログラムが使っている"
                "可能性があります。--port で別のポートを指定してください。",
            ) from None


def _first_words(host: str, port: int, *, lang: Lang) -> str:
    from kyogyo.usecases.set_up_link import set_up_link  # noqa: PLC0415 -- slow import

    address = address_of(host, port)
    link = set_up_link(address)
    if link is None:
        return Text(
            en=f"Kyogyo is at {address}  (Ctrl-C ends it)",
            ja=f"Kyogyo を起動しました: {address}  （Ctrl-C で終了）",
        ).say(lang)
    return Text(
        en=f"Kyogyo is at {address}\nNobody is in it yet. Open this link first, to make the administrator, choose "
        f"the model and import:\n  {link}\n(Ctrl-C ends it)",
        ja=f"Kyogyo を起動しました: {address}\nまだ利用者がいません。まず次のリンクを開き、管理者の作成、モデルの選択、"
        f"取り込みを行ってください:\n  {link}\n（Ctrl-C で終了）",
    ).say(lang)
