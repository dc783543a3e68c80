// The checks of one entry, in order, each with one line of result.
//
// Nothing is believed but what the reader gave to trust: a policy, or a charter whose hash they
// know. A line holds, fails, or was not checked; only if every line that the answer rests on holds
// does the whole hold. What could not be reached because an earlier line failed was not checked.

import { Refusal, encode, same, toHex } from "./bytes.js";
import { readAct } from "./act.js";
import { checkPin, readCharter, readPin, rootSignatures } from "./charter.js";
import { parseCheckpoint } from "./checkpoint.js";
import { parseEnvelope, preAuthentication } from "./envelope.js";
import { readKeys, verify } from "./keys.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { lineOf, parseNote } from "./note.js";
import { namesLog, parsePolicy, parseTrust, signedByLog, witnessed } from "./policy.js";
import { parseProof } from "./proof.js";

const HOLDS = "holds";
const FAILS = "fails";
const UNCHECKED = "unchecked";
const ABSENT = "absent"; // of a witness: it did not sign, or not so that it counts

/** Lines without which the answer is not yes. */
const REQUIRED = [
  "proof", "envelope", "act", "leaf", "trust", "policy", "checkpoint", "log", "inclusion",
  "register", "quorum",
];

/** What a line could not be checked without. */
class Missing extends Error {
  constructor(what, details = []) {
    super(what);
    this.details = details;
  }
}

class Report {
  lines = [];

  /**
   * One line: `work` returns {says, state?, details?, value?}, or throws what is wrong or missing.
   * `details` are pairs of a name and a hash, a key or the like; `value` is for the next lines.
   */
  async line(id, group, name, work) {
    const line = { id, group, name, state: HOLDS, details: [] };
    this.lines.push(line);
    try {
      const { value = null, ...found } = await work();
      Object.assign(line, found);
      return value;
    } catch (error) {
      line.says = error.message;
      if (error instanceof Missing) {
        line.state = UNCHECKED;
        line.details = error.details;
      } else if (error instanceof Refusal) {
        line.state = FAILS;
        line.details = [["Expected", error.expected], ["Found", error.actual]];
        line.details = line.details.filter(([, text]) => text !== undefined);
      } else {
        throw error;
      }
      return null;
    }
  }

  get verdict() {
    if (this.lines.some((line) => line.state === FAILS)) return FAILS;
    const held = this.lines.filter((line) => line.state === HOLDS).map((line) => line.id);
    return REQUIRED.every((id) => held.includes(id)) ? HOLDS : UNCHECKED;
  }
}

function need(value, what) {
  if (value === null || value === undefined) throw new Missing(`There is no ${what}.`);
  return value;
}

/**
 * Check one entry. Of `files`, each member may be null: `proof`, `entry`, `policy`, `charter`,
 * `charterProof` and `keys` (a list) are bytes, `pin` is a text, `now` POSIX seconds as a BigInt.
 *
 * Returns {verdict, lines, act, charter, place}; see the head of this file.
 */
export async function check(files) {
  const report = new Report();
  const given = { ...files, charter: files.charter ?? carried(files.charterProof) };
  const entry = await readEntry(report, given);
  const trust = await readTrust(report, given);
  const place = await checkLog(report, entry, trust, given);
  await checkCharterPlace(report, trust, place, given);
  await checkSigners(report, entry, trust, given);
  return {
    verdict: report.verdict,
    lines: report.lines,
    act: entry.act,
    charter: trust.charter,
    place,
  };
}

/** The entry that a proof carries in its extra data, if it can be read and does. */
function carried(bytes) {
  try {
    const { extra } = parseProof(bytes ?? new Uint8Array());
    return extra.length ? extra : null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

async function readEntry(report, given) {
  const line = (id, name, work) => report.line(id, "The entry", name, work);
  const proof = await line("proof", "Proof file", async () => {
    const value = parseProof(need(given.proof, "proof file"));
    return { value, says: `For entry ${value.index}, by ${hashes(value.path.length)}.` };
  });
  const bytes = given.entry ?? carried(given.proof);
  const envelope = await line("envelope", "Envelope", async () => {
    const value = parseEnvelope(need(bytes, "entry, neither as a file nor in the proof"));
    const from = given.entry ? "" : " The proof carries it.";
    return { value, says: `A DSSE envelope of ${bytes.length} bytes in its one form.${from}` };
  });
  const act = await line("act", "Act", async () => {
    const value = await readAct(need(envelope, "envelope that can be read"));
    return { value, says: `An in-toto Statement: ${value.kind}.${value.act} by ${value.by}.` };
  });
  const leaf = await line("leaf", "Leaf hash", async () => {
    const value = await leafHash(need(bytes, "entry"));
    return { value, says: "What the log keeps of the entry (RFC 6962).", details: hash(value) };
  });
  return { proof, envelope, act, leaf };
}

const hash = (bytes, name = "SHA-256") => [[name, toHex(bytes)]];

const hashes = (count) => (count === 1 ? "1 hash" : `${count} hashes`);

/** {policy, charter, anchored}: anchored if the reader need not take the charter on faith. */
async function readTrust(report, given) {
  const line = (id, name, work) => report.line(id, "Whom you trust", name, work);
  const trust = { policy: null, charter: null, anchored: false };
  if (given.charter || given.charterProof) await readGivenCharter(line, trust, given);
  const own = given.policy && namesLog(given.policy);
  await line("trust", "Where trust starts", async () => {
    if (own) return { says: "The log's key and the witnesses are those that you gave." };
    if (trust.anchored) {
      const witnesses = given.policy ? "the witnesses are those that you gave" : "so do its witnesses";
      return { says: `The log's key comes from the charter that you pinned; ${witnesses}.` };
    }
    if (trust.charter) {
      throw new Missing(
        "You gave a charter without the hash by which you know it. Whoever gave you the charter " +
          "may have made it up, and all that follows with it.",
      );
    }
    throw new Missing(
      given.pin
        ? "The hash of a charter names no key. Give the charter itself too."
        : "You gave nothing to trust: no policy that names a log, no charter. Anyone can make a log.",
    );
  });
  trust.policy = await line("policy", "Policy", async () => {
    if (!own) need(trust.charter, "policy that names a log, and no charter");
    const log = own ? null : trust.charter.log;
    const value = given.policy
      ? await parseTrust(given.policy, log)
      : await parsePolicy(encode(trust.charter.policy), log);
    return { value, says: `Quorum: ${value.says()}. Log: ${value.logs.map(lineOf).join(", ")}.` };
  });
  return trust;
}

async function readGivenCharter(line, trust, given) {
  trust.charter = await line("charter", "Charter", async () => {
    const value = await readCharter(need(given.charter, "charter to its proof"));
    return { value, says: `“${value.title}”, of the log ${value.origin}.` };
  });
  await line("charter-signatures", "Charter's signatures", async () => {
    const { root } = need(trust.charter, "charter that can be read");
    const { signed, unchecked } = await rootSignatures(trust.charter);
    const says = `${signed} of the root's ${root.keys.length} keys signed; it takes ${root.threshold}.`;
    if (signed >= root.threshold && !unchecked) return { says };
    return { state: UNCHECKED, says: `${says} ${unchecked} cannot be checked by this browser.` };
  });
  const pinned = await line("charter-hash", "Charter's hash", async () => {
    const charter = need(trust.charter, "charter that can be read");
    const details = hash(charter.leaf);
    if (!given.pin) throw new Missing("You gave none to compare it with.", details);
    checkPin(charter, readPin(given.pin));
    return { value: true, says: "It is the one that you gave.", details };
  });
  trust.anchored = Boolean(pinned);
}

/** The checkpoint, who signed it, and that the entry stands under it. */
async function checkLog(report, entry, trust, given) {
  const line = (id, name, work) => report.line(id, "The log", name, work);
  let note = null;
  const checkpoint = await line("checkpoint", "Checkpoint", async () => {
    note = parseNote(need(entry.proof, "proof that can be read").checkpoint);
    const value = parseCheckpoint(note.text);
    const says = `Of the log ${value.origin}, with ${value.size} entries.`;
    return { value, says, details: hash(value.root, "Root") };
  });
  const policy = () => need(trust.policy, "policy to check it by");
  await line("log", "Log's signature", async () => {
    need(checkpoint, "checkpoint that can be read");
    const { log, checked } = await signedByLog(policy(), note, checkpoint);
    if (!checked) return { state: UNCHECKED, says: `By ${log.name}: not checked by this browser.` };
    return { says: `${lineOf(log)} signed this checkpoint.` };
  });
  await line("inclusion", "Inclusion", async () => {
    const { index, path } = need(entry.proof, "proof that can be read");
    const { size, root } = need(checkpoint, "checkpoint that can be read");
    await verifyInclusion(need(entry.leaf, "entry"), index, size, path, root);
    return { says: `The entry stands at place ${index} of ${size}, under the checkpoint's root.` };
  });
  await line("register", "Meant for this log", async () => {
    const { register } = need(entry.act, "act that can be read");
    const { origin } = need(checkpoint, "checkpoint that can be read");
    if (register !== origin) {
      throw new Refusal("The act was signed for another register, and is void in this one.", {
        expected: origin,
        actual: register,
      });
    }
    return { says: `The act names the register ${register}.` };
  });
  await checkWitnesses(line, trust.policy, note, checkpoint, given.now ?? null);
  return checkpoint && entry.proof && { checkpoint, index: entry.proof.index };
}

async function checkWitnesses(line, policy, note, checkpoint, now) {
  const found = policy && checkpoint ? await witnessed(policy, note, checkpoint, now) : [];
  for (const { name, operator, state, says, refusal } of found) {
    const who = `${name}${operator === name ? "" : `, run by ${operator}`}`;
    await line(`witness ${name}`, `Witness ${who}`, async () => {
      if (state === "bad") throw refusal;
      const sentence = `${says[0].toUpperCase()}${says.slice(1)}.`;
      return { says: sentence, state: { counted: HOLDS, absent: ABSENT }[state] ?? UNCHECKED };
    });
  }
  await line("quorum", "Quorum of witnesses", async () => {
    need(checkpoint, "checkpoint that can be read");
    const { quorum } = need(policy, "policy to check it by");
    if (found.some(({ state }) => state === "bad")) {
      throw new Refusal("A cosignature of a known witness does not verify, so none is counted.");
    }
    const names = (...states) =>
      new Set(found.filter(({ state }) => states.includes(state)).map(({ name }) => name));
    const counted = names("counted");
    if (policy.met(counted)) {
      if (quorum === "none") return { says: "The policy asks for no witness, and none vouches here." };
      return { says: `Met: ${[...counted].join(", ")}. It takes ${policy.says()}.` };
    }
    const why = (name) => found.find((each) => each.name === name).says;
    const lacks = policy.lacks(counted, why);
    if (policy.met(names("counted", "unchecked"))) {
      throw new Missing(`This browser cannot tell: it lacks ${lacks}. Use holdshort verify.`);
    }
    throw new Refusal("The quorum of witnesses is not met.", {
      expected: policy.says(),
      actual: `${[...counted].join(", ") || "no witness counts"}; it lacks ${lacks}`,
    });
  });
}

/** That the charter is of this log, and its first entry. */
async function checkCharterPlace(report, trust, place, given) {
  if (!given.charter) return;
  const line = (id, name, work) => report.line(id, "The log", name, work);
  await line("charter-log", "Charter's log", async () => {
    const { log } = need(trust.charter, "charter that can be read");
    const { checkpoint } = need(place, "checkpoint that can be read");
    const known = need(trust.policy, "policy").logs.map(lineOf);
    if (log.name !== checkpoint.origin || !known.includes(lineOf(log))) {
      throw new Refusal("The charter is of another log than the entry.", {
        expected: `${checkpoint.origin}, and a key among: ${known.join(", ")}`,
        actual: lineOf(log),
      });
    }
    return { says: `The charter names this log and its key, ${lineOf(log)}.` };
  });
  if (!given.charterProof) return;
  const proven = await line("charter-place", "Charter's place", async () => {
    const charter = need(trust.charter, "charter that can be read");
    const policy = need(trust.policy, "policy to check it by");
    const { index, path, checkpoint: bytes } = parseProof(given.charterProof);
    if (index !== 0n) {
      throw new Refusal("A charter is the first entry of its log.", {
        expected: "index 0",
        actual: `index ${index}`,
      });
    }
    const note = parseNote(bytes);
    const head = parseCheckpoint(note.text);
    const { checked } = await signedByLog(policy, note, head);
    await verifyInclusion(charter.leaf, index, head.size, path, head.root);
    if (head.origin !== charter.origin) {
      throw new Refusal("The charter's proof is of another log.", {
        expected: charter.origin,
        actual: head.origin,
      });
    }
    checkFork(head, place?.checkpoint);
    if (!checked) throw new Missing("The log's signature is not checked by this browser.");
    return { value: true, says: `The first of ${head.size} entries, under the log's signature.` };
  });
  trust.anchored ||= Boolean(proven && given.policy && namesLog(given.policy));
}

/** Two signed checkpoints of one size and two roots prove that the log shows two histories. */
function checkFork(one, other) {
  if (other && one.size === other.size && !same(one.root, other.root)) {
    throw new Refusal(
      "The log signed two different roots for one size: it has shown two histories. Keep both " +
        "proofs; together they are evidence.",
      { expected: toHex(other.root), actual: toHex(one.root) },
    );
  }
}

/** Who signed the act, as far as the keys at hand can tell. */
async function checkSigners(report, entry, trust, given) {
  const line = (id, name, work) => report.line(id, "Who signed the act", name, work);
  const whose = new Map();
  for (const [at, bytes] of (given.keys ?? []).entries()) {
    await line(`key ${at + 1}`, `Key file ${at + 1}`, async () => {
      const keys = await readKeys(bytes);
      for (const key of keys) whose.set(key.keyid, { key, party: null });
      const details = keys.map(({ type, keyid }) => [type, keyid]);
      return { says: keys.length === 1 ? "1 public key." : `${keys.length} public keys.`, details };
    });
  }
  for (const party of trust.charter?.parties ?? []) {
    for (const key of party.keys) whose.set(key.keyid, { key, party });
  }
  if (!entry.envelope) return;
  const message = preAuthentication(entry.envelope);
  for (const [at, signature] of entry.envelope.signatures.entries()) {
    const count = entry.envelope.signatures.length;
    const name = count > 1 ? `Signature ${at + 1} of ${count}` : "Signature";
    await line(`signature ${at + 1}`, name, () =>
      checkSigner(signature, message, whose.get(signature.keyid), entry.act, trust),
    );
  }
}

async function checkSigner({ keyid, sig }, message, known, act, trust) {
  const details = [["Key", keyid]];
  if (!known) throw new Missing("You did not give the key that is said to have made it.", details);
  const { key, party } = known;
  const who = party ? `${party.name} (${party.id})` : "the key that you gave";
  const good = await verify(key, sig, message);
  if (good === null) {
    throw new Missing(`By ${who} (${key.type}): not checked by this browser.`, details);
  }
  if (!good) {
    throw new Refusal(`The signature said to be by ${who} does not verify.`, {
      expected: `a signature of this act by key ${keyid}`,
      actual: "one of other bytes, or by another key",
    });
  }
  if (!party) return { says: "By the key that you gave.", details };
  if (!trust.anchored) {
    throw new Missing(`By ${who} according to a charter that you did not pin.`, details);
  }
  if (act && party.id !== act.by) {
    throw new Missing(`By a key of ${who}, while the act says that it is by ${act.by}.`, details);
  }
  return { says: `By ${who}, with a key that the charter names.`, details };
}
