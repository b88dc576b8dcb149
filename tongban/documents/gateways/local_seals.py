"""Electronic seals of this installation.

It is a small certificate authority of this installation: one P-256 certificate
for each organ, PAdES signatures by pyHanko. It proves that a file came from this installation and
was not changed; it is no official seal. The national service (SM2, GB/T 38540) implements the
same protocol; Ed25519 stays with the journal.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import re
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from asn1crypto import keys as asn1_keys  # type: ignore[import-untyped]  # -- it has none
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tongban.documents.gateways.seals import Sealed, SealFault, Signature
from tongban.kernel.parsing import MADE_UP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tongban.documents.gateways.seals import Organ
    from tongban.documents.gateways.typesetting import Spot

AUTHORITY_YEARS = 30
ORGAN_YEARS = 10
# A certificate is renewed this long before it ends, so that no seal outlives its own.
RENEW_BEFORE = timedelta(days=180)
_ORGANISATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")
# The code names files.
_USCC = re.compile(r"[0-9A-Z]{18}")
_BROKEN: tuple[type[Exception], ...] = (PdfError, SignatureValidationError, *MADE_UP)


@dataclass(frozen=True)
class _Seal:
    """An organ's key and certificate, ready to sign."""

    signer: signers.SimpleSigner
    ends_at: datetime
    serial: str


class LocalSeals:
    """A certificate authority in a folder that only this program reads.

    Keys are made at first use. Several processes may start at once: the one that holds the lock
    makes them, the others find them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seals: dict[str, _Seal] = {}
        self._lock = threading.Lock()

    def seal(
        self, pdf: bytes, *, organ: Organ, reason: str, now: datetime,
        spot: Spot | None = None, look: bytes | None = None,
    ) -> Sealed:  # fmt: skip
        seal = self._seal_of(organ, now)
        field = SigFieldSpec("OrganSeal", **_box_of(spot))
        meta = signers.PdfSignatureMetadata(
            field_name="OrganSeal",
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            name=organ.name,
            reason=reason,
        )
        style = _style(look) if look and spot else None
        signer = signers.PdfSigner(meta, seal.signer, stamp_style=style, new_field_spec=field)
        try:
            out = signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
        except (PdfError, SigningError, ValueError) as error:
            raise SealFault(f"{organ.code}: {error}") from error
        stated = PdfFileReader(out).embedded_signatures[-1].self_reported_timestamp
        return Sealed(out.getvalue(), seal.serial, stated or now)

    def verify(self, pdf: bytes) -> Signature:
        try:
            return self._verified(pdf)
        except _BROKEN:
            return Signature(is_signed=b"/ByteRange" in pdf)

    def _verified(self, pdf: bytes) -> Signature:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if not found:
            return Signature(is_signed=False)
        last = found[-1]
        status = validate_pdf_signature(
            last, ValidationContext(**self._trust(last.self_reported_timestamp))
        )
        certificate = last.signer_cert
        whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        return Signature(
            is_signed=True,
            intact=bool(status.intact and status.valid and whole),
            trusted=bool(status.trusted),
            signer=_part(certificate, "common_name"),
            uscc=_part(certificate, "organization_identifier"),
            seal_id=f"{certificate.serial_number:032X}",
            at=last.self_reported_timestamp,
        )

    def _trust(self, at: datetime | None) -> dict[str, Any]:
        root = self._folder / "authority.crt"
        roots = [_certificate_at(root)] if root.exists() else []
        # Judged at the stated time: a paper outlives the certificate that sealed it.
        moment = {"moment": at, "best_signature_time": at} if at else {}
        return {"trust_roots": roots, "allow_fetching": False, **moment}

    def _seal_of(self, organ: Organ, now: datetime) -> _Seal:
        with self._lock:
            seal = self._seals.get(organ.uscc)
            if seal is None or seal.ends_at - RENEW_BEFORE < now:
                seal = self._seals[organ.uscc] = self._open(organ, now)
            return seal

    def _open(self, organ: Organ, now: datetime) -> _Seal:
        if not _USCC.fullmatch(organ.uscc):
            raise SealFault(f"{organ.code}: {organ.uscc!r} is no credit code")
        with self._only_one():
            path = self._newest(organ)
            if path is None or _ends_at(path) - RENEW_BEFORE < now:
                path = self._issue(organ, now)
        certificate = _certificate_at(path)
        authority = _certificate_at(self._folder / "authority.crt")
        store = SimpleCertificateStore.from_certs([authority])  # type: ignore[no-untyped-call]  # -- as above
        signer = signers.SimpleSigner(
            signing_cert=certificate,
            signing_key=_key_at(path.with_suffix(".key")),
            cert_registry=store,
        )
        return _Seal(signer, _ends_at(path), f"{certificate.serial_number:032X}")

    def _newest(self, organ: Organ) -> Path | None:
        return max(self._folder.glob(f"{organ.uscc}-*.crt"), default=None, key=_ends_at)

    @contextlib.contextmanager
    def _only_one(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        with (self._folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _issue(self, organ: Organ, now: datetime) -> Path:
        authority, authority_key = self._authority(now)
        key = ec.generate_private_key(ec.SECP256R1())
        names = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organ.name[:64]),
            x509.NameAttribute(_ORGANISATION_IDENTIFIER, organ.uscc),
            x509.NameAttribute(NameOID.COMMON_NAME, organ.name[:64]),
        ]
        certificate = _certificate(
            x509.Name(names), key.public_key(), authority.subject, authority_key,
            now=now, years=ORGAN_YEARS, is_authority=False,
        )  # fmt: skip
        path = self._folder / f"{organ.uscc}-{certificate.serial_number:032X}.crt"
        _keep(path, key, certificate)
        return path

    def _authority(self, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        path = self._folder / "authority.crt"
        if not path.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            name = x509.Name([
                x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "通办"),
                x509.NameAttribute(NameOID.COMMON_NAME, f"通办电子印章 {secrets.token_hex(4)}"),
            ])  # fmt: skip
            certificate = _certificate(
                name, key.public_key(), name, key,
                now=now, years=AUTHORITY_YEARS, is_authority=True,
            )  # fmt: skip
            _keep(path, key, certificate)
        made = x509.load_pem_x509_certificate(path.read_bytes())
        kept = serialization.load_pem_private_key(path.with_suffix(".key").read_bytes(), None)
        if not isinstance(kept, ec.EllipticCurvePrivateKey):
            raise SealFault("the authority's key is not an elliptic curve key")
        return made, kept


class _Look(PdfContent):
    """A page of another PDF, held in memory, as the appearance of the signature."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        super().__init__()

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        self.resources.xobject[pdf_name("/Seal")] = page
        return b"/Seal Do"


def _style(look: bytes) -> StaticStampStyle:
    middle = SimpleBoxLayoutRule(
        x_align=AxisAlignment.ALIGN_MID,
        y_align=AxisAlignment.ALIGN_MID,
        margins=Margins(0, 0, 0, 0),
    )
    return StaticStampStyle(
        background=_Look(look), background_layout=middle, background_opacity=0.85, border_width=0
    )


def _box_of(spot: Spot | None) -> dict[str, Any]:
    """The place of the field; PDF counts from the bottom left."""
    if spot is None:
        return {}
    half, middle = spot.size / 2, spot.paper - spot.y
    box = (spot.x - half, middle - half, spot.x + half, middle + half)
    return {"on_page": spot.page - 1, "box": tuple(round(edge) for edge in box)}


def _certificate(
    subject: x509.Name, key: ec.EllipticCurvePublicKey,
    issuer: x509.Name, issuer_key: ec.EllipticCurvePrivateKey,
    *, now: datetime, years: int, is_authority: bool,
) -> x509.Certificate:  # fmt: skip
    usage = x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=not is_authority,
        key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=is_authority, crl_sign=is_authority,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    limits = x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None)
    identity = x509.SubjectKeyIdentifier.from_public_key(key)
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        # A day back: clocks of two machines need not agree.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(limits, critical=True)
        .add_extension(usage, critical=True)
        .add_extension(identity, critical=False)
        .add_extension(issued_by, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _keep(path: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
    """Key first: a certificate that can be found always has its key."""
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _put(path.with_suffix(".key"), pem)
    _put(path, certificate.public_bytes(serialization.Encoding.PEM))


def _put(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _certificate_at(path: Path) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(pem.unarmor(path.read_bytes())[2])


def _key_at(path: Path) -> asn1_keys.PrivateKeyInfo:
    return asn1_keys.PrivateKeyInfo.load(pem.unarmor(path.read_bytes())[2])


def _ends_at(path: Path) -> datetime:
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc


def _part(certificate: asn1_x509.Certificate, name: str) -> str:
    value = certificate.subject.native.get(name, "")
    return value if isinstance(value, str) else str(value[0])
