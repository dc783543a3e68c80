"""Reading a public key from the JSON that acts carry."""

from collections.abc import Callable, Mapping

from holdshort.errors import BadInput
from holdshort.register.canonical import Json
from holdshort.register.keys.ecdsa import EcdsaKey
from holdshort.register.keys.ed25519 import Ed25519Key
from holdshort.register.keys.mldsa import MlDsaKey
from holdshort.register.keys.passkey import Passkey
from holdshort.register.keys.public import PublicKey, members, unbase64

_PLAIN: Mapping[str, Callable[[bytes], PublicKey]] = {
    "ed25519": Ed25519Key,
    "ml-dsa-44": lambda raw: MlDsaKey(44, raw),
    "ml-dsa-65": lambda raw: MlDsaKey(65, raw),
    "ecdsa-p256": EcdsaKey,
}


def read(value: Json, where: str) -> PublicKey:
    """The key; BadInput says what is wrong at ``where``."""
    if not isinstance(value, Mapping):
        raise BadInput("A public key is an object with a 'type'.", where=where)
    try:
        return _read(value, where)
    except BadInput as error:
        error.where = where
        raise


def _read(value: Mapping[str, Json], where: str) -> PublicKey:
    name = value.get("type")
    if name == "webauthn":
        return _passkey(members(value, "type rp_id origin credential public", where), where)
    if not isinstance(name, str) or name not in _PLAIN:
        known = ", ".join([*_PLAIN, "webauthn"])
        raise BadInput(f"The key type {name!r} is not known.", do=f"Known are {known}.")
    public = members(value, "type public", where)["public"]
    return _PLAIN[name](unbase64(public, "public", where))


def _passkey(said: Mapping[str, str], where: str) -> Passkey:
    return Passkey(
        said["rp_id"],
        said["origin"],
        unbase64(said["credential"], "credential", where),
        unbase64(said["public"], "public", where),
    )
