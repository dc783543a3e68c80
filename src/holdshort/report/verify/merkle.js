// Merkle trees: RFC 6962 hashing, and the inclusion check of RFC 9162 §2.1.3.2.
// Places and sizes are BigInt: a log may have up to 2^63 entries, a Number counts to 2^53.

import { Refusal, concat, same, sha256, toHex } from "./bytes.js";

export const HASH_SIZE = 32;

export const leafHash = (leaf) => sha256(concat(Uint8Array.of(0), leaf));

export const nodeHash = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

/** Return if the leaf stands at `index` under `root`; Refusal otherwise. */
export async function verifyInclusion(leaf, index, size, path, root) {
  if (index < 0n || index >= size) {
    throw new Refusal(`There is no entry ${index} in a log of ${size} entries.`);
  }
  // A root that is empty or short would else equal another one of the same kind.
  if ([leaf, root, ...path].some((each) => each.length !== HASH_SIZE)) {
    throw new Refusal(`A hash of the proof is not ${HASH_SIZE} bytes long.`);
  }
  let position = index;
  let last = size - 1n;
  let computed = leaf;
  for (const sibling of path) {
    if (last === 0n) throw new Refusal("The inclusion proof is too long.");
    if (position & 1n || position === last) {
      computed = await nodeHash(sibling, computed);
      while (position && !(position & 1n)) {
        position >>= 1n;
        last >>= 1n;
      }
    } else {
      computed = await nodeHash(computed, sibling);
    }
    position >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n) throw new Refusal("The inclusion proof is too short.");
  if (!same(computed, root)) {
    throw new Refusal(`Entry ${index} is not under this root of ${size} entries.`, {
      expected: `root ${toHex(root)}, as the checkpoint states it`,
      actual: `root ${toHex(computed)}, computed from the entry and the proof`,
    });
  }
}
