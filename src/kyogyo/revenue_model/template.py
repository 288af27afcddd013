"""The default model as a file to start from, with comments in one language."""

from __future__ import annotations

from pathlib import Path

from kyogyo.errors import ModelError
from kyogyo.revenue_model.load import DEFAULT_FILE
from kyogyo.words import Lang

FILE_NAME = "kyogyo.toml"


def template(lang: Lang) -> str:
    """The text of the default model; its comments in `lang`, its labels in both languages.

    In the file that comes with Kyogyo, a comment in English begins with `# en:`, one in Japanese
    with `# ja:`.
    """
    kept = []
    for line in DEFAULT_FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith(("# en:", "# ja:")):
            if line.startswith(f"# {lang}:"):
                kept.append(f"#{line[5:]}")
        else:
            kept.append(line)
    return "\n".join(kept) + "\n"


def write_template(path: Path, *, lang: Lang, overwrite: bool = False) -> Path:
    """Write the template and return where: in a folder, as `kyogyo.toml`.

    Raises ModelError when the file is there already (unless `overwrite`) or can't be written.
    """
    if path.is_dir():
        path = path / FILE_NAME
    try:
        with path.open("w" if overwrite else "x", encoding="utf-8", newline="\n") as file:
            file.write(template(lang))
    except FileExistsError:
        raise ModelError(
            en=f"{path} is there already and stays as it is. Name another file, "
            "or overwrite it with --force.",
            ja=f"{path} はすでにあるため、変更していません。"
            "別の名前を指定するか、--force を付けて上書きしてください。",
        ) from None
    except FileNotFoundError:
        raise ModelError(
            en=f"{path} can't be written: there is no folder {path.parent}.",
            ja=f"{path} を書き込めません。フォルダー {path.parent} がありません。",
        ) from None
    except OSError as error:
        raise ModelError(
            en=f"{path} can't be written: {error.strerror}.",
            ja=f"{path} を書き込めません（{error.strerror}）。",
        ) from None
    return path
