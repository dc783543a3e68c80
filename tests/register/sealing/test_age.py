"""Identities, recipients and files in the age format."""

import pytest

from holdshort.errors import BadInput, KeyFileError, Refused, RegisterError
from holdshort.register.sealing.age import (
    check_recipient,
    decrypt,
    encrypt,
    identity_file,
    new_identity,
    read_identity,
    recipient_of,
)


def test_every_reader_opens_it_and_nobody_else() -> None:
    readers = [new_identity(), new_identity()]
    sealed = encrypt(b"matter", [recipient_of(each) for each in readers])
    assert [decrypt(sealed, [each], "it") for each in readers] == [b"matter", b"matter"]
    with pytest.raises(Refused, match="other readers"):
        decrypt(sealed, [new_identity()], "it")
    with pytest.raises(RegisterError, match="damaged"):
        decrypt(b"rubbish", readers, "it")


def test_nothing_is_sealed_to_nobody() -> None:
    with pytest.raises(BadInput, match="no reader"):
        encrypt(b"matter", [])


@pytest.mark.parametrize("value", ["age1", "age1" + "q" * 58, 5, None, "ssh-ed25519 AAAA"])
def test_what_is_no_recipient_is_refused(value: object) -> None:
    with pytest.raises(BadInput, match="no age recipient"):
        check_recipient(value)


def test_an_identity_file_reads_as_age_keygen_writes_it() -> None:
    identity = new_identity()
    plain = identity_file(identity)
    assert plain.startswith(b"# public key: age1")
    stated = b"# created: 2026-11-23T10:15:00Z\n" + plain
    assert read_identity(stated, "file") == identity
    for broken in (b"", plain + plain, b"AGE-SECRET-KEY-1RUBBISH"):
        with pytest.raises(KeyFileError):
            read_identity(broken, "file")


def test_a_locked_identity_opens_with_its_passphrase_alone() -> None:
    identity = new_identity()
    locked = identity_file(identity, b"secret words")
    assert identity.encode() not in locked
    assert read_identity(locked, "file", lambda where: b"secret words") == identity
    with pytest.raises(KeyFileError, match="does not open"):
        read_identity(locked, "file", lambda where: b"other words")
    with pytest.raises(KeyFileError, match="locked"):
        read_identity(locked, "file")


def test_a_file_made_by_the_program_age_is_read() -> None:
    """Made with age 1.1.1: `age-keygen`, and `age -a -r` on "hello" and a line feed."""
    identity = "AGE-SECRET-KEY-1TD8DEAFYP6E3T36XGCUG9JKUUKSXQ2DX2ELS2822F4ZTNGDRVGPSJWSLFU"
    made = b"""-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBlZTBZT2IrNXIvRUduSUl6
dlR1a3k1SnA1Ky8rTnd5QytTV1E2UVcvZURVClBaNUJJK0lsNmFNUFJ2Q3N0Tkpm
MkMwRkZRaER4QWRWcko3eG1iaks4Q0kKLS0tIDNNZnRnOWRxQTNBcEVWMkEwcVNt
YzlyemxDSjJmN0wxbHY0Y1ZaVU16bUEKbCAAtjwD3D61R2bkjgzVrGDvZ31YMhSu
r8oonG3VNFVhKz/lkEU=
-----END AGE ENCRYPTED FILE-----
"""
    assert decrypt(made, [identity], "file") == b"hello\n"
