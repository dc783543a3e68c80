// Trust policies: which logs, which witnesses, and how many of them (C2SP tlog-policy).
//
// A threshold counts operators, not keys: in a group that takes two members or more, no operator
// stands behind two of them. A witness's operator is what stands before the first "/" of its name
// in the policy, or else the host of its key name. A policy against that is refused.

import { Refusal, decode, encode, fromOctets, octets } from "./bytes.js";
import { checkLine } from "./checkpoint.js";
import {
  ED25519,
  ED25519_COSIGNATURE,
  ML_DSA_44_COSIGNATURE,
  isVkey,
  lineOf,
  parseVkey,
} from "./note.js";
import { momentOf } from "./time.js";

const NONE = "none";
const MAX_OF_A_KIND = 128;
const MAX_BYTES = 1 << 20;
const AHEAD = 300n; // seconds by which a witness's clock may be ahead of the reader's
const LOG_TYPES = [ED25519, ML_DSA_44_COSIGNATURE];
const COSIGNER_TYPES = [ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE];

/** A policy as far as it has been read; each method refuses what may not follow. */
class Policy {
  logs = [];
  witnesses = [];
  groups = new Map(); // name -> {name, k, members}
  quorum = null;
  #operators = new Map(); // name of a witness or group -> its operators
  #groupOf = new Map();
  #keys = new Map(); // raw key in base64 -> whose it is
  #lines = new Map(); // what a signature line begins with -> whose key it is

  addLog(key) {
    checkCount(this.logs.length, "logs");
    this.#takeKey(key, `the log ${key.name}`);
    this.logs.push(key);
  }

  addWitness(name, key) {
    checkCount(this.witnesses.length, "witnesses");
    this.#checkNew(name);
    const slash = name.indexOf("/");
    const stated = slash < 0 ? null : name.slice(0, slash);
    const host = key.name.split("/")[0].toLowerCase();
    if (stated === "") {
      throw new Refusal(`The witness ${name} states no operator before its '/'.`);
    }
    for (const other of this.witnesses) {
      // Else acme/rome (operator acme) and oslo (operator: its host, acme.example) pass for two.
      if (host === other.host && (stated === null) !== (other.stated === null)) {
        throw new Refusal(
          `${other.name} and ${name} are both of ${host}, and one of them states no operator.`,
        );
      }
    }
    this.#takeKey(key, `the witness ${name}`);
    this.witnesses.push({ name, key, stated, host, operator: stated ?? host });
    this.#operators.set(name, new Set([stated ?? host]));
  }

  addGroup(name, k, members) {
    checkCount(this.groups.size, "groups");
    this.#checkNew(name);
    members.forEach((member, at) => {
      this.#checkDefined(member);
      if (members.indexOf(member) < at) {
        throw new Refusal(`${member} is listed twice in the group ${name}.`);
      }
      if (this.#groupOf.has(member)) {
        throw new Refusal(`${member} is a member of the group ${this.#groupOf.get(member)} already.`);
      }
    });
    if (!(k >= 1 && k <= members.length)) {
      throw new Refusal(`The group ${name} cannot take ${k} of ${members.length}.`);
    }
    const behind = new Map();
    for (const member of members) {
      for (const operator of this.#operators.get(member)) {
        if (k > 1 && behind.has(operator)) {
          throw new Refusal(
            `The operator ${operator} stands behind both ${behind.get(operator)} and ${member} ` +
              `and would count twice in the group ${name}.`,
          );
        }
        behind.set(operator, member);
      }
    }
    for (const member of members) this.#groupOf.set(member, name);
    this.#operators.set(name, new Set(behind.keys()));
    this.groups.set(name, { name, k, members });
  }

  setQuorum(name) {
    if (this.quorum !== null) throw new Refusal(`There is a quorum already: ${this.quorum}.`);
    if (name !== NONE) this.#checkDefined(name);
    this.quorum = name;
  }

  /** Whether the quorum is met when the witnesses of these names have cosigned. */
  met(cosigned, name = this.quorum) {
    if (name === NONE) return true;
    const group = this.groups.get(name);
    if (!group) return cosigned.has(name);
    return group.members.filter((member) => this.met(cosigned, member)).length >= group.k;
  }

  /** What would have to come for `name` to be met, in words; `why` says it of one witness. */
  lacks(counted, why, name = this.quorum) {
    const group = this.groups.get(name);
    if (!group) return `${name} (${why(name)})`;
    const unmet = group.members.filter((member) => !this.met(counted, member));
    const more = group.k - (group.members.length - unmet.length);
    const what = unmet.map((member) => this.lacks(counted, why, member)).join("; ");
    return `${more} of ${name} [${what}]`;
  }

  /** The quorum in words. */
  says(name = this.quorum) {
    if (name === NONE) return "no witness has to cosign";
    const group = this.groups.get(name);
    return group ? `${group.k} of the group ${name} (${group.members.join(", ")})` : name;
  }

  #checkNew(name) {
    if (name === NONE) {
      throw new Refusal("The name 'none' is that of the quorum that takes no cosignature.");
    }
    if (this.#operators.has(name)) throw new Refusal(`The name ${name} is given twice.`);
  }

  #checkDefined(name) {
    if (!this.#operators.has(name)) {
      throw new Refusal(`No witness or group named '${name}' stands before this line.`);
    }
  }

  /** The same key under another name or type is still the same key ("duplicate"). */
  #takeKey(key, what) {
    const raw = octets(key.key.raw);
    if (this.#keys.has(raw)) {
      throw new Refusal(`The key of ${what} is that of ${this.#keys.get(raw)} already.`);
    }
    if (this.#lines.has(lineOf(key))) {
      throw new Refusal(`Two keys of ${key.name} share the key id ${key.keyId}.`);
    }
    this.#keys.set(raw, what);
    this.#lines.set(lineOf(key), what);
  }
}

/** Read a policy file; `log` stands in for its log lines, of which the text then has none. */
export async function parsePolicy(bytes, log = null) {
  if (bytes.length > MAX_BYTES) throw new Refusal(`The policy is larger than ${MAX_BYTES} bytes.`);
  const lines = octets(bytes).split("\n");
  if (lines.pop() !== "") throw new Refusal("The last line of the policy does not end.");
  const policy = new Policy();
  if (log) policy.addLog(log);
  for (const [at, line] of lines.entries()) {
    try {
      await readLine(policy, line, log);
    } catch (error) {
      if (error instanceof Refusal) error.message = `Line ${at + 1}: ${error.message}`;
      throw error;
    }
  }
  if (policy.quorum === null) throw new Refusal("The policy has no quorum line.");
  return policy;
}

/** A policy, or the verifier key of a log alone, which stands for "this log and no witness". */
export async function parseTrust(bytes, log = null) {
  const only = decode(bytes)?.trim() ?? "";
  if (!isVkey(only)) return parsePolicy(bytes, log);
  return parsePolicy(encode(`log ${only}\nquorum none\n`));
}

/** Whether the text names a log itself, so that it can be read without a charter. */
export const namesLog = (bytes) =>
  isVkey(decode(bytes)?.trim() ?? "") || /^[ \t]*log[ \t]/m.test(octets(bytes));

/** Names, URLs and comments are opaque octets: what is not UTF-8 stays unlike everything else. */
const text = (item) =>
  decode(fromOctets(item)) ??
  item.replace(/[\x80-\xff]/g, (each) => String.fromCharCode(0xdc00 + each.charCodeAt(0)));

async function readLine(policy, line, log) {
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(line)) {
    throw new Refusal("A control character stands here.");
  }
  const [keyword, ...items] = line.split(/[ \t]+/).filter(Boolean).map(text);
  if (keyword === undefined || keyword.startsWith("#")) return;
  if (keyword === "log" && log) {
    throw new Refusal(`This policy is of the log ${log.name}; it names no log itself.`);
  } else if (keyword === "log" && items.length >= 1 && items.length <= 2) {
    policy.addLog(await parseVkey(items[0], LOG_TYPES));
  } else if (keyword === "witness" && items.length >= 2 && items.length <= 3) {
    policy.addWitness(items[0], await parseVkey(items[1], COSIGNER_TYPES));
  } else if (keyword === "group" && items.length >= 3) {
    const [name, word, ...members] = items;
    policy.addGroup(name, threshold(word, members.length), members);
  } else if (keyword === "quorum" && items.length === 1) {
    policy.setQuorum(items[0]);
  } else {
    throw new Refusal(`This is not a line of a policy: '${keyword.slice(0, 60)} …'.`, {
      expected: "a line of the form log, witness, group or quorum, or a comment",
      actual: [keyword, ...items].join(" ").slice(0, 120),
    });
  }
}

function threshold(word, members) {
  if (word === "all" || word === "any") return word === "all" ? members : 1;
  if (!/^[1-9][0-9]{0,3}$/.test(word)) {
    throw new Refusal(`'${word.slice(0, 24)}' is not 'all', 'any' or a number.`);
  }
  return Number(word);
}

function checkCount(count, what) {
  if (count >= MAX_OF_A_KIND) throw new Refusal(`The policy has over ${MAX_OF_A_KIND} ${what}.`);
}

/** The log of the policy that signed the checkpoint as its own: {log, checked}, or a Refusal. */
export async function signedByLog(policy, note, checkpoint) {
  const own = [];
  for (const line of note.signatures) {
    const log = policy.logs.find((each) => lineOf(each) === lineOf(line));
    if (!log) continue;
    const { checked } = await checkLine(log, line, checkpoint);
    // A log's signature is worth nothing on another log's checkpoint.
    if (log.name === checkpoint.origin) own.push({ log, checked });
  }
  if (!own.length) {
    throw new Refusal(`${checkpoint.origin} itself did not sign, or is not a known log.`, {
      expected: policy.logs.map(lineOf).join(", ") || "a log that the policy names",
      actual: note.signatures.map(lineOf).join(", "),
    });
  }
  const coversAll = own.filter(({ log }) => log.type === ED25519);
  if (checkpoint.extensions.length && !coversAll.length) {
    throw new Refusal("The log's signature does not cover the lines after the root.");
  }
  return (coversAll.length ? coversAll : own)[0];
}

/**
 * What each witness of the policy said: [{name, operator, state, time, says}], in the policy's
 * order. state: "counted", "absent" (or of no use), "unchecked" (the browser cannot), "bad".
 */
export async function witnessed(policy, note, checkpoint, now = null) {
  const found = [];
  for (const witness of policy.witnesses) {
    found.push({ ...witness, ...(await said(witness, note, checkpoint, now)) });
  }
  return found;
}

async function said({ name, key }, note, checkpoint, now) {
  const lines = note.signatures.filter((line) => lineOf(line) === lineOf(key));
  if (!lines.length) return { state: "absent", time: null, says: "has not cosigned" };
  let time = 0n;
  try {
    for (const line of lines) {
      const made = await checkLine(key, line, checkpoint);
      if (!made.checked) {
        return { state: "unchecked", time: made.time, says: "not checked by this browser" };
      }
      if (made.time > time) time = made.time;
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { state: "bad", time: null, says: error.message, refusal: error };
  }
  if (time === 0n) return { state: "absent", time, says: "cosigned without a time" };
  if (now !== null && time > now + AHEAD) {
    const says = `cosigned at ${momentOf(time)}, which is in the future by this computer's clock`;
    return { state: "absent", time, says };
  }
  return { state: "counted", time, says: `cosigned at ${momentOf(time)}` };
}
