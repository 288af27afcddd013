"""Words that aren't known: what they might have meant, and what there is."""

from __future__ import annotations

from collections.abc import Iterable

from kyogyo.words import Text

# What each kind of word is called. One word names one thing, in the model and on every page.
NOUNS = {
    "department": Text(en="department", ja="部門"),
    "track": Text(en="track", ja="商流"),
    "stage": Text(en="stage", ja="フェーズ"),
    "handoff": Text(en="handoff", ja="引き継ぎ"),
    "clock": Text(en="clock", ja="期限"),
    "question": Text(en="question", ja="確認項目"),
    "reason": Text(en="reason", ja="理由"),
    "channel": Text(en="channel", ja="経路"),
    "metric": Text(en="metric", ja="指標"),
    "goal": Text(en="goal", ja="共通目標"),
    "value": Text(en="value", ja="バリュー"),
    "source": Text(en="source", ja="データ元"),
    "criterion": Text(en="exit criterion", ja="完了条件"),
    "key": Text(en="key", ja="キー"),
}
_NEAR = 60.0
_MOST_NAMED = 40


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that `word` most likely meant, or None if none is near."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 -- slow import

    ordered = sorted(allowed)
    same_letters = {other.casefold(): other for other in ordered}
    if word.casefold() in same_letters:
        return same_letters[word.casefold()]
    found = process.extractOne(word, ordered, scorer=fuzz.ratio, score_cutoff=_NEAR)
    return found[0] if found else None


def listing(words: Iterable[str]) -> Text:
    """The words one after another, in the order given; the first 40 if there are more."""
    every = list(words)
    shown, left = every[:_MOST_NAMED], len(every) - _MOST_NAMED
    more = Text(en=f" and {left} more", ja=f" ほか{left}件") if left > 0 else Text(en="", ja="")
    return Text(en=", ".join(shown) + more.en, ja="、".join(shown) + more.ja)


def meant(word: str, allowed: Iterable[str]) -> Text:
    """The question whether the nearest word was meant; empty when no word is near."""
    guess = nearest(word, allowed)
    if guess is None:
        return Text(en="", ja="")
    return Text(en=f'Did you mean "{guess}"?', ja=f"「{guess}」のことでしょうか。")


def unknown_word(kind: str, word: str, allowed: Iterable[str]) -> Text:
    """Says that `word` is no `kind`, which one was perhaps meant, and which there are."""
    every = list(allowed)
    noun = NOUNS[kind]
    says = Text(en=f'"{word}" is not a {noun.en}.', ja=f"「{word}」という{noun.ja}はありません。")
    if not every:
        return says + Text(
            en=f"The model declares no {noun.en} yet.",
            ja=f"このモデルには{noun.ja}がまだ1つもありません。",
        )
    known = listing(every)
    return (
        says
        + meant(word, every)
        + Text(en=f"There are: {known.en}.", ja=f"使えるもの: {known.ja}。")
    )
