// The page: takes the files, runs the checks, shows what was found.
//
// Every text by other hands reaches the page as textContent, plain; nothing is ever read as HTML.

import { encode, sha256, toHex } from "./bytes.js";
import { parseCanonical, parseJson } from "./json.js";
import { check } from "./check.js";
import { parseEnvelope } from "./envelope.js";
import { readAct } from "./act.js";
import { readKeys, verify } from "./keys.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { parseNote } from "./note.js";
import { parseCheckpoint } from "./checkpoint.js";
import { parsePolicy, signedByLog, witnessed } from "./policy.js";
import { parseProof } from "./proof.js";
import { moment } from "./time.js";

const MAX_FILE = 4 << 20; // far above the largest proof or entry
const SVG = "http://www.w3.org/2000/svg";
const MARKS = {
  holds: ["M11 0A11 11 0 0 1 -11 0A11 11 0 0 1 11 0Z", "M-5 .5L-1.6 4L5.2 -3.8"],
  fails: [
    "M-4.6 -11H4.6L11 -4.6V4.6L4.6 11H-4.6L-11 4.6V-4.6Z",
    "M-4.4 -4.4L4.4 4.4M4.4 -4.4L-4.4 4.4",
  ],
  absent: ["M11 0A11 11 0 0 1 -11 0A11 11 0 0 1 11 0Z", "M-5.5 0H5.5"],
  unchecked: ["M0 -12L12 0L0 12L-12 0Z", "M-2.6 -2.6A2.7 2.7 0 1 1 0 .6V1.6M0 5.2V5.3"],
};
const WORDS = { holds: "Holds", fails: "Does not hold", unchecked: "Not checked", absent: "Does not count" };
const HEADLINES = { holds: "On the register", fails: "Does not hold", unchecked: "Cannot tell" };

// Direction controls could rewrite the look of the line they stand in (UTR 36 §2.4.1).
const UNPRINTABLE =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\p{Surrogate}\ufffe\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const plain = (text) => String(text).replace(UNPRINTABLE, "\ufffd");

const byId = (id) => document.getElementById(id);

/** An element with attributes and children; a text child is text, never markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.map((each) => (typeof each === "string" ? plain(each) : each)));
  return made;
}

function mark(state) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { class: `mark tone-${state}`, viewBox: "-12 -12 24 24", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const [shape, sign] = MARKS[state].map((d) => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    return path;
  });
  sign.setAttribute("class", "sign");
  svg.append(shape, sign);
  return svg;
}

/** A value of an act's fields, of any shape, as text and lists. */
function shown(value) {
  if (value instanceof Map) {
    if (!value.size) return element("span", { class: "muted" }, "nothing");
    const list = element("dl", { class: "fields" });
    for (const [key, each] of value) list.append(element("dt", {}, key), element("dd", {}, shown(each)));
    return list;
  }
  if (Array.isArray(value)) {
    if (!value.length) return element("span", { class: "muted" }, "nothing");
    return element("ol", {}, ...value.map((each) => element("li", {}, shown(each))));
  }
  const words = new Map([[true, "yes"], [false, "no"], [null, "none"]]);
  return document.createTextNode(plain(words.get(value) ?? value));
}

function facts(...rows) {
  const list = element("dl", { class: "facts" });
  for (const [name, value] of rows) {
    const said = typeof value === "string" ? plain(value) : value;
    list.append(element("div", {}, element("dt", {}, name), element("dd", {}, said)));
  }
  return list;
}

function actSection(act, verdict) {
  const title = verdict === "holds" ? "What was done" : "What the entry says, not confirmed";
  const documents = act.artefacts.map(({ name, sha256: digest }) =>
    element("li", {}, `${name}: `, element("code", {}, digest)),
  );
  return element(
    "section",
    { "aria-labelledby": "act" },
    element("h2", { id: "act" }, title),
    element("p", { class: "lead" }, `${act.act}, by ${act.by}, in the case ${act.case}.`),
    facts(
      ["Act", `${act.kind}.${act.act}`],
      ["When, by the actor's clock", moment(act.at)],
      ["Register", act.register],
      ["Rulebook", element("code", {}, act.rulebook)],
      ...(documents.length ? [["Documents", element("ul", {}, ...documents)]] : []),
      ["Fields", shown(act.fields)],
    ),
  );
}

function lineItem({ id, name, state, says, details }) {
  const word = element("span", { class: `word tone-${state}` }, WORDS[state]);
  const said = element("div", { class: "says" }, element("p", {}, says));
  if (details.length) {
    const pairs = details.flatMap(([key, text]) => [element("dt", {}, key), element("dd", {}, text)]);
    said.append(element("dl", {}, ...pairs));
  }
  const named = element("div", {}, element("h4", {}, name), word);
  return element("li", { "data-check": id, "data-state": state }, mark(state), named, said);
}

function checksSection(lines) {
  const section = element("section", { "aria-labelledby": "checks" });
  section.append(element("h2", { id: "checks" }, "What was checked"));
  for (const group of new Set(lines.map((line) => line.group))) {
    const items = lines.filter((line) => line.group === group).map(lineItem);
    section.append(element("h3", {}, group), element("ol", { class: "checks" }, ...items));
  }
  return section;
}

function summary({ verdict, lines, charter, place }) {
  const of = (state) => lines.filter((line) => line.state === state);
  const sentences = [];
  if (verdict === "holds") {
    const witnesses = lines.some(({ id, state }) => id.startsWith("witness ") && state === "holds");
    const who = witnesses ? "its witnesses and the log itself" : "the log itself, without witnesses,";
    sentences.push(
      `The entry stands at place ${place.index} of the ${place.checkpoint.size} entries of ` +
        `${place.checkpoint.origin}, as ${who} signed.`,
    );
    const signatures = lines.filter(({ id }) => id.startsWith("signature "));
    if (signatures.some(({ state }) => state !== "holds")) {
      sentences.push("Who signed the act was not fully checked; see below.");
    }
  } else if (verdict === "fails") {
    const failed = of("fails").map(({ name }) => name);
    sentences.push(`Failed: ${failed.join("; ")}. Do not rely on this entry.`);
    sentences.push("A file may be damaged, or not what it was said to be. Keep the files.");
  } else {
    const open = of("unchecked").map(({ name }) => name);
    sentences.push(`Nothing contradicts the entry, but the answer rests on what was not checked: ${open.join("; ")}.`);
  }
  if (charter?.rehearsal) {
    sentences.push("This register is a rehearsal: its charter says that one person played all parties.");
  }
  return sentences;
}

function filesSection(files) {
  const rows = files.map(({ role, name, bytes, digest }) => [
    role,
    element("span", {}, `${name}, ${bytes.length} bytes, SHA-256 `, element("code", {}, digest)),
  ]);
  return element(
    "section",
    { "aria-labelledby": "files" },
    element("h2", { id: "files" }, "What you gave"),
    facts(...rows, ["Checked", moment(new Date().toISOString().replace(/\.\d+Z$/, "Z"))]),
  );
}

function show(report, files) {
  const { verdict } = report;
  const headline = element("h2", { id: "verdict", tabindex: "-1", class: `tone-${verdict}` });
  headline.append(mark(verdict), HEADLINES[verdict]);
  const result = byId("result");
  result.setAttribute("data-verdict", verdict);
  result.replaceChildren(
    headline,
    ...summary(report).map((each, at) => element("p", at ? {} : { class: "lead" }, each)),
    ...(report.act ? [actSection(report.act, verdict)] : []),
    checksSection(report.lines),
    filesSection(files),
  );
  result.hidden = false;
  headline.focus();
}

async function readFile(file, role, into) {
  if (file.size > MAX_FILE) throw new RangeError(`${file.name} is too large to be a ${role}.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  into.push({ role, name: file.name, bytes, digest: toHex(await sha256(bytes)) });
  return bytes;
}

/** What stands in the form; `files` is filled with what there is, for the account of the check. */
async function collect(files) {
  const file = async (id, role) => {
    const [chosen] = byId(id).files;
    return chosen ? readFile(chosen, role, files) : null;
  };
  const typed = async (id, role) => {
    const text = byId(id).value.trim();
    if (!text) return null;
    const bytes = encode(`${text}\n`); // a paste often lacks the last newline, a file must not
    files.push({ role, name: "typed", bytes, digest: toHex(await sha256(bytes)) });
    return bytes;
  };
  const given = {
    proof: await file("proof", "Proof"),
    entry: await file("entry", "Entry"),
    charter: await file("charter", "Charter"),
    charterProof: await file("charter-proof", "Proof of the charter"),
    policy: (await typed("policy", "Policy")) ?? (await file("policy-file", "Policy")),
    pin: byId("pin").value.trim() || null,
    keys: [await typed("keys", "Keys")].filter((each) => each !== null),
    now: BigInt(Math.floor(Date.now() / 1000)),
  };
  for (const each of byId("key-files").files) given.keys.push(await readFile(each, "Keys", files));
  return given;
}

function forget() {
  byId("result").hidden = true;
  byId("result").removeAttribute("data-verdict");
  byId("result").replaceChildren();
  byId("status").textContent = "";
}

async function run(event) {
  event.preventDefault();
  forget();
  byId("check").disabled = true;
  byId("status").textContent = "Checking…";
  try {
    if (byId("policy").value.trim() && byId("policy-file").files.length) {
      throw new RangeError("Give the policy as text or as a file, not both.");
    }
    if (!byId("proof").files.length) {
      byId("proof").focus();
      throw new RangeError("Choose a proof first: the file that ends in .tlog-proof.");
    }
    const files = [];
    show(await check(await collect(files)), files);
    byId("status").textContent = "";
  } catch (error) {
    // A file that went away, or a fault of the page: in no case an answer.
    byId("status").textContent = plain(`Nothing was checked. ${error.message}`);
  } finally {
    byId("check").disabled = false;
  }
}

function start() {
  const form = byId("given");
  if (!globalThis.crypto?.subtle) {
    byId("unable").hidden = false;
    byId("check").disabled = true;
    return;
  }
  form.addEventListener("submit", run);
  form.addEventListener("input", forget); // what is shown belongs to what was given
  form.addEventListener("reset", forget);
  for (const name of ["dragover", "drop"]) {
    // A file that misses its box must not replace the page.
    document.addEventListener(name, (event) => {
      if (event.target.type !== "file") event.preventDefault();
    });
  }
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("dragenter", () => input.classList.add("over"));
    for (const name of ["dragleave", "drop"]) {
      input.addEventListener(name, () => input.classList.remove("over"));
    }
  }
}

// For whoever wants to ask one thing alone, in the browser's console or in a test.
globalThis.holdshort = Object.freeze({
  check,
  leafHash,
  parseCanonical,
  parseCheckpoint,
  parseEnvelope,
  parseJson,
  parseNote,
  parsePolicy,
  parseProof,
  readAct,
  readKeys,
  signedByLog,
  verify,
  verifyInclusion,
  witnessed,
});
start();
