"""A company's directory for tests: it signs (or doesn't) what SAML sends by the browser."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree as ET

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from django.http import HttpResponse
from onelogin.saml2.utils import OneLogin_Saml2_Utils

ENTITY = "https://directory.example.com"
AUDIENCE = "http://kyogyo.example.com/sign-in/saml/company/metadata/"
SLS = "http://kyogyo.example.com/sign-in/saml/company/sls/"
ACS = "http://kyogyo.example.com/sign-in/saml/company/acs/"
_NS = (
    'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
    'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
)
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Directory:
    """A key pair; `certificate` is what Kyogyo is given."""

    key: str
    certificate: str

    @property
    def settings(self) -> dict[str, str]:
        return {
            "KYOGYO_SAML_ENTITY_ID": ENTITY,
            "KYOGYO_SAML_SSO_URL": f"{ENTITY}/sso",
            "KYOGYO_SAML_CERTIFICATE": self.certificate,
        }

    def assertion(
        self, *, email: str, answers: str, audience: str = AUDIENCE, identity: str = "_assertion",
        minutes: int = 5, signed: bool = True,
    ) -> str:  # fmt: skip
        """One statement that somebody is who they are."""
        now = datetime.now(UTC)
        at, until = (now - timedelta(minutes=1)), now + timedelta(minutes=minutes)
        xml = (
            f'<saml:Assertion {_NS} ID="{identity}" Version="2.0" IssueInstant="{at:{_TIME}}">'
            f"<saml:Issuer>{ENTITY}</saml:Issuer><saml:Subject>"
            '<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">'
            f"of-{email}</saml:NameID>"
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData NotOnOrAfter="{until:{_TIME}}" Recipient="{ACS}" '
            f'InResponseTo="{answers}"/></saml:SubjectConfirmation></saml:Subject>'
            f'<saml:Conditions NotBefore="{at:{_TIME}}" NotOnOrAfter="{until:{_TIME}}">'
            f"<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience>"
            "</saml:AudienceRestriction></saml:Conditions>"
            f'<saml:AuthnStatement AuthnInstant="{at:{_TIME}}"><saml:AuthnContext>'
            "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
            "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
            '<saml:AttributeStatement><saml:Attribute Name="email"><saml:AttributeValue>'
            f"{email}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"
            "</saml:Assertion>"
        )
        if not signed:
            return xml
        done = OneLogin_Saml2_Utils.add_sign(xml, self.key, self.certificate)
        return (done.decode() if isinstance(done, bytes) else done).partition("?>\n")[2] or (
            done.decode() if isinstance(done, bytes) else done
        )

    def sign_out(
        self, *, name: str, signed: bool = True, issuer: str = ENTITY, kind: str = "Request"
    ) -> str:
        """The query with which a browser is sent to end somebody's session."""
        now = datetime.now(UTC)
        about = (
            f"<saml:NameID>{name}</saml:NameID>"
            if kind == "Request"
            else (
                '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
            )
        )
        xml = (
            f'<samlp:Logout{kind} {_NS} ID="_out" Version="2.0" IssueInstant="{now:{_TIME}}" '
            f'Destination="{SLS}"><saml:Issuer>{issuer}</saml:Issuer>{about}</samlp:Logout{kind}>'
        )
        sent = {
            f"SAML{kind}": OneLogin_Saml2_Utils.deflate_and_base64_encode(xml),
            "RelayState": "r",
        }
        if not signed:
            return urlencode(sent)
        query = urlencode({**sent, "SigAlg": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"})
        key = serialization.load_pem_private_key(self.key.encode(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        signature = key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{query}&{urlencode({'Signature': base64.b64encode(signature)})}"


def respond(*assertions: str, answers: str) -> str:
    """What the browser carries: a response with these statements."""
    at = f"{datetime.now(UTC):{_TIME}}"
    xml = (
        f'<samlp:Response {_NS} ID="_response" Version="2.0" IssueInstant="{at}" '
        f'Destination="{ACS}" InResponseTo="{answers}"><saml:Issuer>{ENTITY}</saml:Issuer>'
        '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>'
        f"</samlp:Status>{''.join(assertions)}</samlp:Response>"
    )
    return base64.b64encode(xml.encode()).decode()


def asked_in(redirect: HttpResponse) -> str:
    """The id of the request that Kyogyo sent by this redirect."""
    query = parse_qs(urlsplit(redirect.headers["Location"]).query)
    request = zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15)
    return ET.fromstring(request).attrib["ID"]  # noqa: S314 -- our own words


def make_directory() -> Directory:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "directory.example.com")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    return Directory(
        key=key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        certificate=certificate.public_bytes(serialization.Encoding.PEM).decode(),
    )
