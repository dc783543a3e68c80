// Checkpoints, what a log says it is (C2SP tlog-checkpoint), and cosignatures, what others say
// that they saw of it (C2SP tlog-cosignature).

import { Refusal, concat, encode, fromBase64, toHex, uint64 } from "./bytes.js";
import { verify } from "./keys.js";
import { HASH_SIZE } from "./merkle.js";
import { ED25519, ED25519_COSIGNATURE, lineOf } from "./note.js";

const EMPTY_ROOT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const MAX_TIME = (1n << 63n) - 1n;
const COSIGNATURE_SIZE = { 4: 8 + 64, 6: 8 + 2420 };

/** {origin, size (BigInt), root, extensions} of a note's text. */
export function parseCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.length < 4 || lines.pop() !== "" || lines.includes("")) {
    throw new Refusal("A checkpoint has three lines: origin, size, root.");
  }
  const [origin, size, root, ...extensions] = lines;
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(size) || BigInt(size) > MAX_TIME) {
    throw new Refusal(`'${size.slice(0, 24)}' is not a tree size.`);
  }
  const hash = fromBase64(root);
  if (hash === null) throw new Refusal("The root is not in canonical base64.");
  if (hash.length !== HASH_SIZE) {
    throw new Refusal(`A root has ${HASH_SIZE} bytes, not ${hash.length}.`);
  }
  if (size === "0" && toHex(hash) !== EMPTY_ROOT) {
    throw new Refusal("A log of no entries has another root than that.");
  }
  return { text, origin, size: BigInt(size), root: hash, extensions };
}

/**
 * Check one signature line by a key that is known: {checked, time}. `checked` is false if this
 * browser lacks the algorithm; a signature that does not verify is a Refusal.
 */
export async function checkLine(noteKey, line, checkpoint) {
  if (noteKey.type === ED25519) {
    const good = await verify(noteKey.key, line.signature, encode(checkpoint.text));
    if (good === false) throw bad(noteKey, "signature");
    return { checked: good === true, time: null };
  }
  const { name, type } = noteKey;
  if (line.signature.length !== COSIGNATURE_SIZE[type]) {
    throw new Refusal(`The cosignature of ${name} has another length than its type.`, {
      expected: `${COSIGNATURE_SIZE[type]} bytes`,
      actual: `${line.signature.length} bytes`,
    });
  }
  const time = BigInt(`0x${toHex(line.signature.subarray(0, 8))}`);
  if (time > MAX_TIME) throw new Refusal(`The cosignature of ${name} has a time beyond 2^63 - 1.`);
  if (time === 0n && type === ED25519_COSIGNATURE) {
    throw new Refusal(`The cosignature of ${name} states no time.`);
  }
  const message =
    type === ED25519_COSIGNATURE
      ? encode(`cosignature/v1\ntime ${time}\n${checkpoint.text}`)
      : subtreeMessage(name, time, checkpoint);
  const good = await verify(noteKey.key, line.signature.subarray(8), message);
  if (good === false) throw bad(noteKey, "cosignature");
  return { checked: good === true, time };
}

/** What an ML-DSA-44 cosigner signs: `cosigned_message`, from entry 0 to the checkpoint's size. */
function subtreeMessage(name, time, { origin, size, root }) {
  const named = encode(name);
  const of = encode(origin);
  if (of.length > 255) throw new Refusal("ML-DSA-44 cosigns no origin of over 255 bytes.");
  return concat(
    encode("subtree/v1\n\0"),
    Uint8Array.of(named.length),
    named,
    uint64(time),
    Uint8Array.of(of.length),
    of,
    uint64(0n),
    uint64(size),
    root,
  );
}

function bad(noteKey, what) {
  return new Refusal(`The ${what} of ${noteKey.name} does not verify.`, {
    expected: `a ${what} of this checkpoint by the key ${lineOf(noteKey)}`,
    actual: "one of other bytes, or by another key",
  });
}
