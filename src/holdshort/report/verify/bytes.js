// Bytes and the few ways to write them: UTF-8, base64, hexadecimal, SHA-256.

/** What is wrong, as one sentence for the reader; where two values differ, both of them. */
export class Refusal extends Error {
  constructor(what, { expected, actual } = {}) {
    super(what);
    this.expected = expected;
    this.actual = actual;
  }
}

export const encode = (text) => new TextEncoder().encode(text);

/** The text of UTF-8 bytes, a byte order mark included; null if they are none. */
export function decode(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** One character for each byte, U+0000 to U+00FF. */
export function octets(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

export const fromOctets = (text) => Uint8Array.from(text, (each) => each.charCodeAt(0));

export const toBase64 = (bytes) => btoa(octets(bytes));

/**
 * The bytes of standard base64 (RFC 4648 §4); null if the text is not exactly what they encode to.
 * atob skips spaces, missing padding and the unused low bits, so that two texts could say the same.
 */
export function fromBase64(text) {
  try {
    const bytes = fromOctets(atob(text));
    return toBase64(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}

export const toHex = (bytes) =>
  Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");

export const fromHex = (text) =>
  Uint8Array.from(text.match(/../g) ?? [], (each) => Number.parseInt(each, 16));

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const same = (one, other) =>
  one.length === other.length && one.every((each, at) => each === other[at]);

/** A BigInt as eight bytes, the highest first. */
export function uint64(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
