// Public keys: how they are read, named and asked whether they signed.
//
// A key's id is the SHA-256 of its DER SubjectPublicKeyInfo; of a passkey, that of the canonical
// JSON in which acts carry it. Signatures are checked by the browser's own WebCrypto.

import { Refusal, concat, decode, encode, fromBase64, fromHex, sha256, toHex } from "./bytes.js";
import { canonical, members, parseJson } from "./json.js";

/** What stands before the raw key in its SPKI, the raw key's length, and WebCrypto's name. */
const TYPES = {
  // RFC 8410 §4
  ed25519: { prefix: "302a300506032b6570032100", size: 32, algorithm: { name: "Ed25519" } },
  // RFC 5480 §2
  "ecdsa-p256": {
    prefix: "3059301306072a8648ce3d020106082a8648ce3d030107034200",
    size: 65,
    algorithm: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  },
  // RFC 9881 §4
  "ml-dsa-44": {
    prefix: "30820532300b06096086480165030403110382052100",
    size: 1312,
    algorithm: { name: "ML-DSA-44" },
  },
  "ml-dsa-65": {
    prefix: "308207b2300b0609608648016503040312038207a100",
    size: 1952,
    algorithm: { name: "ML-DSA-65" },
  },
};

// The y coordinates of the eight points of small order: keys that prove nothing.
const SMALL_ORDER = new Set([
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
]);

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A key of its raw bytes: {type, raw, spki, keyid}. */
export async function makeKey(type, raw) {
  const known = TYPES[type];
  if (raw.length !== known.size) {
    throw new Refusal(`A public key of type ${type} has ${known.size} bytes, not ${raw.length}.`);
  }
  if (type === "ed25519") {
    const y = raw.slice();
    y[31] &= 0x7f;
    if (SMALL_ORDER.has(toHex(y))) {
      throw new Refusal("This public key has small order and proves nothing.");
    }
  }
  const spki = concat(fromHex(known.prefix), raw);
  const key = { type, raw, spki, keyid: toHex(await sha256(spki)) };
  if (type === "ecdsa-p256") {
    const usable = raw[0] === 4 && (await imported(key).then(() => true, () => false));
    if (!usable) throw new Refusal("This public key is not an uncompressed point of P-256.");
  }
  return key;
}

/** A key as acts carry it: {"type": …, "public": "<base64>"}, or a passkey. */
export async function readKey(value) {
  const type = value instanceof Map ? value.get("type") : undefined;
  if (type === "webauthn") return readPasskey(value);
  if (typeof type !== "string" || !Object.hasOwn(TYPES, type)) {
    throw new Refusal("A public key is an object with a 'type' that is known here.", {
      expected: [...Object.keys(TYPES), "webauthn"].join(", "),
      actual: String(type),
    });
  }
  const found = members(value, ["type", "public"]);
  const raw = typeof found?.get("public") === "string" ? fromBase64(found.get("public")) : null;
  if (!raw?.length) {
    throw new Refusal(`A key of type ${type} has a 'public' in canonical base64, and no more.`);
  }
  return makeKey(type, raw);
}

/** A passkey is known by its id only: this page does not check the signatures of passkeys. */
async function readPasskey(value) {
  const found = members(value, ["type", "rp_id", "origin", "credential", "public"]);
  if (!found || ![...found.values()].every((each) => typeof each === "string")) {
    throw new Refusal("A passkey has the texts type, rp_id, origin, credential and public.");
  }
  return { type: "webauthn", keyid: toHex(await sha256(encode(canonical(value)))) };
}

async function fromSpki(spki) {
  for (const [type, { prefix, size }] of Object.entries(TYPES)) {
    const head = prefix.length / 2;
    if (spki.length === head + size && toHex(spki.subarray(0, head)) === prefix) {
      return makeKey(type, spki.subarray(head));
    }
  }
  throw new Refusal(`This PEM holds no public key of type ${Object.keys(TYPES).join(", ")}.`);
}

/** Every key in a file or a text: PEM blocks, or JSON as acts carry keys, one or a list. */
export async function readKeys(bytes) {
  const text = decode(bytes);
  if (text?.includes("-----BEGIN")) {
    const blocks = text.matchAll(/-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----/g);
    const found = [...blocks].map((block) => fromBase64(block[1].replace(/\s/g, "")));
    if (!found.length || found.includes(null)) {
      throw new Refusal("There is no readable block 'BEGIN PUBLIC KEY' here.");
    }
    return Promise.all(found.map(fromSpki));
  }
  const value = parseJson(bytes);
  return Promise.all((Array.isArray(value) ? value : [value]).map(readKey));
}

/**
 * Whether the key made this signature of the message: true, false, or null if this browser cannot
 * tell, because it lacks the algorithm or the key is a passkey.
 */
export async function verify(key, signature, message) {
  if (key.type === "webauthn") return null;
  const plain = key.type === "ecdsa-p256" ? fromDer(signature) : signature;
  if (plain === null) return false;
  try {
    const { algorithm } = TYPES[key.type];
    return await crypto.subtle.verify(algorithm, await imported(key), plain, message);
  } catch (error) {
    if (error.name === "NotSupportedError") return null;
    if (["DataError", "OperationError"].includes(error.name)) return false;
    throw error;
  }
}

function imported(key) {
  const { algorithm } = TYPES[key.type];
  return crypto.subtle.importKey("spki", key.spki, algorithm, false, ["verify"]);
}

/**
 * r || s of a P-256 signature in its one DER form, as WebCrypto wants it; null if it is another.
 * Of any signature (r, s) a bystander makes another, (r, n - s), so only the lower s counts.
 */
function fromDer(der) {
  let at = 2;
  const integers = [];
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der[1] > 0x7f) return null;
  while (at < der.length) {
    const size = der[at + 1];
    const digits = der.subarray(at + 2, at + 2 + size);
    const padded = digits[0] === 0 && !(digits[1] & 0x80);
    if (der[at] !== 2 || !size || digits.length !== size || digits[0] & 0x80 || padded) return null;
    integers.push(BigInt(`0x${toHex(digits)}`));
    at += 2 + size;
  }
  const [r, s] = integers;
  if (integers.length !== 2 || r === 0n || s === 0n || r >= P256_ORDER) return null;
  if (s > P256_ORDER - s) return null;
  return concat(...[r, s].map((each) => fromHex(each.toString(16).padStart(64, "0"))));
}
