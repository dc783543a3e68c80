// Offline proofs: C2SP tlog-proof, files named `.tlog-proof`.

import { Refusal, fromBase64, octets } from "./bytes.js";
import { HASH_SIZE } from "./merkle.js";
import { MAX_NOTE } from "./note.js";

const HEADER = "c2sp.org/tlog-proof@v1";
const MAX_PATH = 63; // a log has fewer than 2^63 entries
const MAX_EXTRA = 1 << 16;

/** {index (BigInt), path, checkpoint (bytes), extra (bytes, unauthenticated)}. */
export function parseProof(bytes) {
  if (bytes.length > MAX_NOTE + 2 * MAX_EXTRA) throw new Refusal("The proof is too large.");
  const text = octets(bytes);
  const blank = text.indexOf("\n\n");
  if (blank < 0 || /[^\x00-\x7f]/.test(text.slice(0, blank))) {
    throw new Refusal("The proof has no blank line before its checkpoint.");
  }
  const [header, ...lines] = text.slice(0, blank).split("\n");
  if (header !== HEADER) {
    throw new Refusal("This is not a proof file.", {
      expected: `a first line '${HEADER}'`,
      actual: `'${header.slice(0, 60)}'`,
    });
  }
  let extra = new Uint8Array();
  if (lines[0]?.startsWith("extra")) {
    extra = /^extra /.test(lines[0]) ? fromBase64(lines.shift().slice(6)) : null;
    if (!extra?.length) throw new Refusal("The extra line is not 'extra' and canonical base64.");
    if (extra.length > MAX_EXTRA) throw new Refusal(`The extra data has over ${MAX_EXTRA} bytes.`);
  }
  const form = /^index (0|[1-9][0-9]{0,18})$/.exec(lines.shift() ?? "");
  if (!form || BigInt(form[1]) >= 1n << 63n) {
    throw new Refusal("The proof does not state the index of its entry.");
  }
  const path = lines.map(fromBase64);
  if (path.includes(null)) {
    throw new Refusal("A line of the audit path is not canonical base64.");
  }
  if (path.length > MAX_PATH || path.some((each) => each.length !== HASH_SIZE)) {
    throw new Refusal(`An audit path is at most ${MAX_PATH} hashes of ${HASH_SIZE} bytes.`);
  }
  return { index: BigInt(form[1]), path, extra, checkpoint: bytes.slice(blank + 2) };
}
