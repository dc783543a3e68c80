// Envelopes: DSSE v1 with exactly one byte form, since the envelope's bytes are the log's leaf.

import { Refusal, concat, encode, fromBase64, octets } from "./bytes.js";
import { members, parseJson } from "./json.js";

export const MAX_ENTRY = 65535; // C2SP tlog-tiles, "Log entries": a two-byte length
const ENCODED = "[A-Za-z0-9+/]*={0,2}";
const SIGNATURE = `\\{"keyid":"([0-9a-f]{64})","sig":"(${ENCODED})"\\}`;
const ENVELOPE = new RegExp(
  `^\\{"payload":"(${ENCODED})","payloadType":"([!#-\\[\\]-~]+)","signatures":\\[(.*)\\]\\}$`,
);
const SIGNATURES = new RegExp(`^${SIGNATURE}(?:,${SIGNATURE})*$`);

/** {payload, payloadType, signatures: [{keyid, sig}]}; Refusal unless this is the one byte form. */
export function parseEnvelope(bytes) {
  if (bytes.length > MAX_ENTRY) throw new Refusal(`An entry has at most ${MAX_ENTRY} bytes.`);
  const form = ENVELOPE.exec(octets(bytes));
  const payload = form && fromBase64(form[1]);
  if (!payload || !SIGNATURES.test(form[3])) throw explained(bytes);
  const signatures = [...form[3].matchAll(new RegExp(SIGNATURE, "g"))].map((each) => ({
    keyid: each[1],
    sig: fromBase64(each[2]),
  }));
  if (signatures.some((each) => each.sig === null)) throw explained(bytes);
  for (let at = 1; at < signatures.length; at += 1) {
    if (signatures[at - 1].keyid >= signatures[at].keyid) {
      throw new Refusal("Signatures stand in ascending order of key id, each key once.");
    }
  }
  return { payload, payloadType: form[2], signatures };
}

/** DSSE v1 pre-authentication encoding: the bytes that are signed. */
export function preAuthentication({ payload, payloadType }) {
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `;
  return concat(encode(head), payload);
}

/** Why these bytes are not the byte form of an envelope. */
function explained(bytes) {
  const value = parseJson(bytes); // may itself say what is wrong
  if (!members(value, ["payload", "payloadType", "signatures"])) {
    return new Refusal(
      "An envelope has exactly the members payload, payloadType and signatures.",
    );
  }
  return new Refusal("The envelope is not in its one byte form.", {
    expected: "canonical JSON (RFC 8785), hexadecimal key ids, canonical base64, a signature",
    actual: "other bytes, even if they say the same",
  });
}
