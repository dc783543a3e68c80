// Strict JSON, and its one byte form (RFC 8785).
//
// JSON.parse keeps the last of several equal keys in silence and rounds large numbers, so two
// readers of one signed text could see two acts. Here: no duplicate keys, no floats, integers
// within ±(2^53 - 1), no lone surrogates. Objects become Maps, so that no key has a meaning here.

import { Refusal, decode } from "./bytes.js";

const DEPTH = 500; // deeper than any act, shallower than any browser's stack
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const PLAIN = /[^"\\\x00-\x1f]*/y;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const LITERALS = [["true", true], ["false", false], ["null", null]];

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.depth = 0;
  }

  wrong(what) {
    const before = this.text.slice(0, this.at).split("\n");
    const column = before.at(-1).length + 1;
    return new Refusal(`This is not JSON: ${what}, line ${before.length} column ${column}.`);
  }

  skip() {
    while (this.at < this.text.length && " \t\n\r".includes(this.text[this.at])) this.at += 1;
  }

  take(mark) {
    if (this.text[this.at] !== mark) return false;
    this.at += 1;
    return true;
  }

  match(form) {
    form.lastIndex = this.at;
    const found = form.exec(this.text);
    if (found) this.at = form.lastIndex;
    return found;
  }

  value() {
    this.skip();
    const first = this.text[this.at];
    if (first === '"') return this.string();
    if (first === "{" || first === "[") {
      if (++this.depth > DEPTH) throw new Refusal("The value is nested too deeply.");
      this.at += 1;
      const found = first === "{" ? this.object() : this.array();
      this.depth -= 1;
      return found;
    }
    for (const [word, value] of LITERALS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  object() {
    const members = new Map();
    this.skip();
    if (this.take("}")) return members;
    for (;;) {
      this.skip();
      if (this.text[this.at] !== '"') throw this.wrong("a key is expected");
      const key = this.string();
      if (members.has(key)) throw new Refusal(`The key '${key}' stands twice in one object.`);
      this.skip();
      if (!this.take(":")) throw this.wrong("a colon is expected");
      members.set(key, this.value());
      this.skip();
      if (this.take("}")) return members;
      if (!this.take(",")) throw this.wrong("a comma or the end of the object is expected");
    }
  }

  array() {
    const items = [];
    this.skip();
    if (this.take("]")) return items;
    for (;;) {
      items.push(this.value());
      this.skip();
      if (this.take("]")) return items;
      if (!this.take(",")) throw this.wrong("a comma or the end of the list is expected");
    }
  }

  string() {
    this.at += 1;
    let text = "";
    for (;;) {
      text += this.match(PLAIN)[0];
      if (this.take('"')) break;
      if (!this.take("\\")) throw this.wrong("a string does not end, or holds a control character");
      text += this.escape();
    }
    if (/\p{Surrogate}/u.test(text)) throw new Refusal("A string holds half of a surrogate pair.");
    return text;
  }

  escape() {
    const mark = this.text[this.at];
    if (Object.hasOwn(ESCAPES, mark ?? "")) {
      this.at += 1;
      return ESCAPES[mark];
    }
    const code = this.match(/u([0-9a-fA-F]{4})/y);
    if (!code) throw this.wrong("a backslash escapes nothing");
    return String.fromCharCode(Number.parseInt(code[1], 16));
  }

  number() {
    const found = this.match(NUMBER);
    if (!found) throw this.wrong("a value is expected");
    const [text, fraction, exponent] = found;
    if (fraction || exponent) throw new Refusal(`The number ${text.slice(0, 24)} is a float.`);
    const value = Number(text);
    if (text.length > 17 || !Number.isSafeInteger(value)) {
      throw new Refusal(`The integer ${text.slice(0, 24)} is beyond ±(2^53 - 1).`);
    }
    return value === 0 ? 0 : value; // -0 is read as 0
  }
}

/** One JSON value, strictly read: Map, Array, string, number (an integer), boolean or null. */
export function parseJson(bytes) {
  const text = decode(bytes);
  if (text === null) throw new Refusal("This is not UTF-8.");
  const reader = new Reader(text);
  const value = reader.value();
  reader.skip();
  if (reader.at < text.length) throw reader.wrong("something follows the value");
  return value;
}

/** The RFC 8785 text of a value that parseJson read; keys sort by UTF-16 code unit (§3.2.3). */
export function canonical(value) {
  if (value instanceof Map) {
    const keys = [...value.keys()].sort();
    const members = keys.map((key) => `${JSON.stringify(key)}:${canonical(value.get(key))}`);
    return `{${members.join(",")}}`;
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  return JSON.stringify(value);
}

/** One JSON value that must be in its one byte form already. */
export function parseCanonical(bytes) {
  const value = parseJson(bytes);
  if (canonical(value) !== decode(bytes)) {
    throw new Refusal("This is not in canonical JSON (RFC 8785).");
  }
  return value;
}

/** The members of an object that has exactly these; null if the value is no such object. */
export function members(value, names) {
  const fits = value instanceof Map && value.size === names.length;
  return fits && names.every((name) => value.has(name)) ? value : null;
}
