// Acts: what someone did in a case, as an in-toto Statement v1 in canonical JSON.

import { Refusal, encode, sha256, toHex } from "./bytes.js";
import { canonical, members, parseCanonical } from "./json.js";

const PAYLOAD_TYPE = "application/vnd.in-toto+json";
const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
const PREDICATE_TYPES = "https://holdshort.dev/act/";
const KEBAB = /^(?=.{1,64}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const IDENTIFIER = /^[a-z0-9][a-z0-9._-]{0,127}$/;
const FORMS = {
  register: /^[!-*,-~]{1,255}$/,
  rulebook: /^[0-9a-f]{64}$/,
  kind: KEBAB,
  act: KEBAB,
  case: IDENTIFIER,
  by: IDENTIFIER,
  at: /^[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$/,
};
const ARTEFACT = /^[^\x00-\x1f\x7f]{1,255}$/u;

/** {register, rulebook, kind, act, case, by, at, fields (Map), artefacts: [{name, sha256}]}. */
export async function readAct({ payload, payloadType }) {
  expect("payload type", payloadType, PAYLOAD_TYPE);
  const outer = object("statement", parseCanonical(payload), [
    "_type",
    "predicateType",
    "predicate",
    "subject",
  ]);
  const inner = object("predicate", outer.get("predicate"), [...Object.keys(FORMS), "fields"]);
  const act = Object.fromEntries(inner);
  for (const [name, form] of Object.entries(FORMS)) {
    if (typeof act[name] !== "string" || !form.test(act[name])) {
      throw new Refusal(`'${act[name]}' is not a valid ${name}.`);
    }
  }
  if (!isDay(act.at.slice(0, 10))) throw new Refusal(`'${act.at}' is not an instant.`);
  if (!(act.fields instanceof Map)) throw new Refusal("The fields of an act are an object.");
  expect("_type", outer.get("_type"), STATEMENT_TYPE);
  const type = `${PREDICATE_TYPES}${act.kind}.${act.act}/v1`;
  expect("predicateType", outer.get("predicateType"), type);
  const subjects = outer.get("subject");
  if (!Array.isArray(subjects) || !subjects.length) {
    throw new Refusal("The subject is a list that starts with the case.");
  }
  const [first, ...artefacts] = subjects.map(readSubject);
  expect("first subject", first.name, act.case);
  const named = canonical(new Map([["register", act.register], ["case", act.case]]));
  expect("digest of the first subject", first.sha256, toHex(await sha256(encode(named))));
  if (new Set(artefacts.map((each) => each.name)).size < artefacts.length) {
    throw new Refusal("Two artefacts of one act have the same name.");
  }
  return { ...act, artefacts };
}

function readSubject(value) {
  const subject = object("subject", value, ["name", "digest"]);
  const digest = object("subject digest", subject.get("digest"), ["sha256"]);
  const [name, hash] = [subject.get("name"), digest.get("sha256")];
  if (typeof name !== "string" || !ARTEFACT.test(name)) {
    throw new Refusal(`'${name}' is not a valid artefact name.`);
  }
  if (typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) {
    throw new Refusal(`'${hash}' is not a valid artefact digest.`);
  }
  return { name, sha256: hash };
}

function object(what, value, names) {
  const found = members(value, names);
  if (!found) {
    throw new Refusal(`The ${what} has other members than an act's.`, {
      expected: [...names].sort().join(", "),
      actual: value instanceof Map ? [...value.keys()].join(", ") : "no object",
    });
  }
  return found;
}

function expect(what, actual, expected) {
  if (actual !== expected) {
    throw new Refusal(`The ${what} is not what it must be.`, { expected, actual: String(actual) });
  }
}

/** Whether 2026-02-30 and the like are days; years begin with 1, as Python has it. */
function isDay(text) {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) && text >= "0001";
}
