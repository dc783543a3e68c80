// The charter: a register's first entry, from which all trust in it starts.

import { Refusal, toHex } from "./bytes.js";
import { readAct } from "./act.js";
import { parseEnvelope, preAuthentication } from "./envelope.js";
import { readKey, verify } from "./keys.js";
import { leafHash } from "./merkle.js";
import { ED25519, makeNoteKey } from "./note.js";

const MAX_KEYS = 16;

/** What entry 0 fixed: origin, title, rehearsal, parties, log (note key), policy text, leaf hash. */
export async function readCharter(bytes) {
  const envelope = parseEnvelope(bytes);
  const act = await readAct(envelope);
  if (`${act.kind}.${act.act}` !== "register.charter") {
    throw new Refusal("This entry is not a charter.", {
      expected: "register.charter",
      actual: `${act.kind}.${act.act}`,
    });
  }
  const [root, registrar, register] = await Promise.all(
    ["root", "registrar", "log_key"].map((name) => readParty(act.fields.get(name), name)),
  );
  if (register.keys.length !== 1 || register.keys[0].type !== "ed25519") {
    throw new Refusal("The register signs checkpoints with one Ed25519 key.");
  }
  const [title, policy] = ["title", "witness_policy"].map((name) => act.fields.get(name));
  const minutes = act.fields.get("status_minutes");
  if (!(typeof minutes === "number" && minutes >= 1)) {
    throw new Refusal("The charter states status_minutes, 1 or more.");
  }
  if (typeof title !== "string" || typeof policy !== "string") {
    throw new Refusal("The charter states a title and a witness_policy.");
  }
  if (root.id !== act.by) throw new Refusal("The charter is not by the root that it names.");
  return {
    origin: act.register,
    title,
    policy,
    rehearsal: act.fields.get("rehearsal") !== false,
    root,
    parties: [root, registrar, register],
    log: await makeNoteKey(act.register, ED25519, register.keys[0].raw),
    leaf: await leafHash(bytes),
    envelope,
  };
}

/** How many keys of the root signed: {signed, unchecked}; Refusal if one did not, or too few. */
export async function rootSignatures({ root, envelope }) {
  const message = preAuthentication(envelope);
  let signed = 0;
  let unchecked = 0;
  for (const { keyid, sig } of envelope.signatures) {
    const key = root.keys.find((each) => each.keyid === keyid);
    if (!key) throw new Refusal(`Key ${keyid.slice(0, 16)}… signed, but is none of the root's.`);
    const good = await verify(key, sig, message);
    if (good === false) {
      throw new Refusal(`The signature of the root's key ${keyid.slice(0, 16)}… does not verify.`);
    }
    if (good) signed += 1;
    else unchecked += 1;
  }
  if (signed + unchecked < root.threshold) {
    throw new Refusal("Too few keys of the root signed.", {
      expected: `${root.threshold} of ${root.keys.length}`,
      actual: `${signed + unchecked}`,
    });
  }
  return { signed, unchecked };
}

/** The leaf hash by which a reader pins a charter, written as it may be pasted. */
export function readPin(text) {
  const pin = text.trim().toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(pin)) {
    throw new Refusal("The hash of a charter is 64 hexadecimal digits.", {
      expected: "64 hexadecimal digits",
      actual: `'${text.trim().slice(0, 80)}'`,
    });
  }
  return pin;
}

export function checkPin(charter, pin) {
  if (toHex(charter.leaf) !== pin) {
    throw new Refusal("This is not the charter whose hash you gave.", {
      expected: pin,
      actual: toHex(charter.leaf),
    });
  }
}

async function readParty(value, name) {
  const said = (member) => (value instanceof Map ? value.get(member) : undefined);
  if (!["id", "name", "role"].every((member) => typeof said(member) === "string")) {
    throw new Refusal(`The charter's ${name} has no id, name and role.`);
  }
  if (!/^[a-z0-9][a-z0-9._-]{0,127}$/.test(said("id"))) {
    throw new Refusal(`'${said("id")}' is not the id of a party.`);
  }
  if (!["string", "undefined"].includes(typeof (said("reader") ?? undefined))) {
    throw new Refusal(`The charter's ${name} has a reader that is no text.`);
  }
  const given = said("keys");
  if (!Array.isArray(given) || !(given.length >= 1 && given.length <= MAX_KEYS)) {
    throw new Refusal(`The charter's ${name} has 1 to ${MAX_KEYS} keys.`);
  }
  const keys = await Promise.all(given.map(readKey));
  if (new Set(keys.map((key) => key.keyid)).size < keys.length) {
    throw new Refusal(`The charter's ${name} has the same key twice.`);
  }
  const threshold = said("threshold") ?? 1;
  if (!(typeof threshold === "number" && threshold >= 1 && threshold <= keys.length)) {
    throw new Refusal(`The threshold of the charter's ${name} is from 1 to its keys.`);
  }
  return { id: said("id"), name: said("name"), role: said("role"), keys, threshold };
}
