// Signed notes and verifier keys: C2SP signed-note v1.0.0.

import { Refusal, concat, decode, encode, fromBase64, sha256, toHex } from "./bytes.js";
import { makeKey } from "./keys.js";

export const ED25519 = 0x01;
export const ED25519_COSIGNATURE = 0x04;
export const ML_DSA_44_COSIGNATURE = 0x06;

const MAX_SIGNATURES = 128;
export const MAX_NOTE = 1 << 20;

const SPACES = "\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const NAME = `[^\\x00-\\x20+${SPACES}\\ud800-\\udfff]+`;
const BASE64 = "[A-Za-z0-9+/]+={0,2}";
const LINE = new RegExp(`^— (${NAME}) (${BASE64})$`, "u");
const VKEY = new RegExp(`^(${NAME})\\+([0-9a-f]{8})\\+(${BASE64})$`, "u");

/** {text, signatures: [{name, keyId, signature}]}; the text ends in a newline. */
export function parseNote(bytes) {
  if (bytes.length > MAX_NOTE) throw new Refusal(`The note is larger than ${MAX_NOTE} bytes.`);
  const whole = decode(bytes);
  if (whole === null) throw new Refusal("The note is not UTF-8.");
  if (/[\x00-\x09\x0b-\x1f]/.test(whole)) {
    throw new Refusal("The note holds a control character.");
  }
  const blank = whole.lastIndexOf("\n\n");
  if (blank < 0 || !whole.slice(blank + 2).endsWith("\n")) {
    throw new Refusal("The note has no blank line before its signatures, or does not end.");
  }
  const lines = whole.slice(blank + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) {
    throw new Refusal(`There are over ${MAX_SIGNATURES} signatures.`);
  }
  return { text: whole.slice(0, blank + 1), signatures: lines.map(parseLine) };
}

function parseLine(line) {
  const form = LINE.exec(line);
  if (!form) throw new Refusal(`'${line.slice(0, 40)}' is not a signature line.`);
  const signature = fromBase64(form[2]);
  if (!signature) throw new Refusal("A signature is not in canonical base64.");
  if (signature.length <= 4) throw new Refusal("A signature is no longer than its key id.");
  return {
    name: form[1],
    keyId: toHex(signature.subarray(0, 4)),
    signature: signature.subarray(4),
  };
}

/** SHA-256(name || 0x0A || signature type || public key)[:4], "Signatures"; in hexadecimal. */
export async function keyId(name, type, raw) {
  const hash = await sha256(concat(encode(`${name}\n`), Uint8Array.of(type), raw));
  return toHex(hash.subarray(0, 4));
}

/** A key that signs notes: {name, type, keyId, key}. */
export async function makeNoteKey(name, type, raw) {
  const key = await makeKey(type === ML_DSA_44_COSIGNATURE ? "ml-dsa-44" : "ed25519", raw);
  return { name, type, keyId: await keyId(name, type, raw), key };
}

export const isVkey = (line) => VKEY.test(line);

/** Read a verifier key of one of the signature types in `types`. */
export async function parseVkey(line, types) {
  const form = VKEY.exec(line);
  const body = form && fromBase64(form[3]);
  if (!body?.length) throw new Refusal(`'${line.slice(0, 80)}' is not a note verifier key.`);
  const [type] = body;
  if (!types.includes(type)) {
    const hex = (each) => `0x${each.toString(16).padStart(2, "0")}`;
    throw new Refusal(`The key of ${form[1]} has a signature type that cannot stand here.`, {
      expected: types.map(hex).join(" or "),
      actual: hex(type),
    });
  }
  const key = await makeNoteKey(form[1], type, body.subarray(1));
  if (key.keyId !== form[2]) {
    throw new Refusal(`The key id of ${key.name} is not that of its key.`, {
      expected: key.keyId,
      actual: form[2],
    });
  }
  if (type === ML_DSA_44_COSIGNATURE && encode(key.name).length > 255) {
    throw new Refusal("The name of an ML-DSA-44 cosigner has at most 255 bytes.");
  }
  return key;
}

/** What the lines of this key begin with, as one text. */
export const lineOf = ({ name, keyId: id }) => `${name} ${id}`;
