// What a layout depends on, as a short key: the text of a fragment, and of those that it uses.

import type { Fragment } from '../../../machines/fragment.ts';

/** 53 bits of a text, in base 36. The same in Node and in a page. */
export function textKey(text: string): string {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    low = Math.imul(low ^ code, 0x9e3779b1);
    high = Math.imul(high ^ code, 0x5f356495);
  }
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  return (2 ** 32 * (high & 0x1fffff) + (low >>> 0)).toString(36);
}

/** Keys of the fragments of one kernel. A fragment that uses itself has none: the kernel is refused before. */
export function fragmentKeys(fragments: ReadonlyMap<string, Fragment>): (name: string) => string {
  const known = new Map<string, string>();
  const keyOf = (name: string): string => {
    let key = known.get(name);
    if (key === undefined) {
      const fragment = fragments.get(name);
      if (fragment === undefined) throw new Error(`there is no fragment '${name}'`);
      const used = Object.values(fragment.states).flatMap((state) => ('use' in state ? [keyOf(state.use)] : []));
      key = textKey(JSON.stringify([name, fragment.description, fragment.initial, fragment.states, used]));
      known.set(name, key);
    }
    return key;
  };
  return keyOf;
}
