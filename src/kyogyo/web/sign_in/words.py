"""What single sign-on says when it lets nobody in. `{directory}` is its name, `{address}` the person's."""

from __future__ import annotations

from kyogyo.words import Text

UNKNOWN = Text(
    en="{directory} knows you as {address}, but nobody has this address in Kyogyo. Ask an administrator to add you with it (Settings, People), or to give the person you are here this address. Then sign in again.",
    ja="{directory} での認証は成功しましたが、{address} の利用者がKyogyoに登録されていません。管理者に、このアドレスでの追加（設定の「担当者」）、または登録済みアドレスの変更を依頼し、その後もう一度ログインしてください。",
)
UNVERIFIED = Text(
    en="{directory} names you as {address}, but doesn't say that the address was verified to be yours. So it opens nothing here. Ask an administrator: either the directory is made to say it, or KYOGYO_OIDC_TRUST_EMAIL is set.",
    ja="{directory} から {address} という情報を受け取りましたが、本人のアドレスとして確認済みであることが示されていないため、ログインできません。管理者に、認証サービス側で確認済みとして扱う設定、または KYOGYO_OIDC_TRUST_EMAIL の設定を依頼してください。",
)
NO_ADDRESS = Text(
    en="{directory} doesn't tell Kyogyo your e-mail address, and people are found by it. Ask an administrator to let the directory send it (OpenID Connect: the scope email; SAML: the attribute in KYOGYO_SAML_EMAIL).",
    ja="{directory} からメールアドレスを受け取れなかったため、利用者を特定できません。管理者に、認証サービスがメールアドレスを送る設定（OpenID Connectではスコープemail、SAMLではKYOGYO_SAML_EMAILの属性）を依頼してください。",
)
CANCELLED = Text(
    en="You are not signed in: signing in with {directory} was cancelled there. Begin again, or sign in another way.",
    ja="{directory} でのログインがキャンセルされました。もう一度やり直すか、ほかの方法でログインしてください。",
)
NOT_BEGUN_HERE = Text(
    en="This answer of {directory} belongs to no sign-in that this browser began in the last ten minutes. Perhaps it took too long, or was begun elsewhere. Begin again.",
    ja="{directory} からの応答が、このブラウザーで10分以内に始めたログインのものではありません。時間が経過したか、別のブラウザーで始められた可能性があります。もう一度ログインしてください。",
)
NOT_BELIEVED = Text(
    en="The answer of {directory} is not valid for this sign-in, so you are not signed in. Try once more; if it happens again, tell your administrator: the reason is in the server's log.",
    ja="{directory} からの応答を、今回のログインに対する正しい応答として確認できませんでした。もう一度お試しください。繰り返す場合は管理者にお知らせください（理由はサーバーのログに記録されています）。",
)
AWAY = Text(
    en="{directory} doesn't answer Kyogyo just now. Try again in a few minutes; with a password you can sign in meanwhile. If it lasts, tell your administrator: the reason is in the server's log.",
    ja="現在 {directory} に接続できません。数分後にもう一度お試しください。パスワードをお持ちの場合は、パスワードでログインできます。続く場合は管理者にお知らせください（理由はサーバーのログに記録されています）。",
)


def filled(text: Text, **values: str) -> Text:
    """The text with its names put in."""
    return Text(en=text.en.format(**values), ja=text.ja.format(**values))
