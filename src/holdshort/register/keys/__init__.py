"""Keys: who signed.

Rules kept here:

- A key's id is the hex SHA-256 of its DER SubjectPublicKeyInfo (RFC 8410 for Ed25519, RFC 9881 for
  ML-DSA, RFC 5480 for ECDSA), so anyone can recompute it from the public key with stock tools. A
  passkey is more than its public key, so its id is the SHA-256 of the canonical JSON that acts
  carry.
- One signature has one byte form. Where mathematics gives a bystander a second one (ECDSA), a rule
  of ours takes it away: two forms would be two entries for one act.
- A private key file is PKCS#8 PEM, readable by its owner only; a looser one is refused, as OpenSSH
  does. With a passphrase it is encrypted (`encryption`).
- Public keys that "verify" signatures that nobody made are refused: Ed25519 points of small order
  (RFC 8032 §5.1.7 leaves the check to the application), points that are not on their curve.

`public` is the face that every type shows, `private` and `files` are what signs from here. What
signs elsewhere — a device, a service — is any `Signer`.
"""

from holdshort.register.keys.ecdsa import EcdsaKey
from holdshort.register.keys.ed25519 import Ed25519Key
from holdshort.register.keys.files import generate, load
from holdshort.register.keys.mldsa import MlDsaKey
from holdshort.register.keys.passkey import Passkey
from holdshort.register.keys.private import MADE_HERE, PrivateKey, Signer
from holdshort.register.keys.public import PublicKey

__all__ = [
    "MADE_HERE",
    "EcdsaKey",
    "Ed25519Key",
    "MlDsaKey",
    "Passkey",
    "PrivateKey",
    "PublicKey",
    "Signer",
    "generate",
    "load",
]
