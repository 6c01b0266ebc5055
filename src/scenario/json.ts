// JSON.parse whose errors say where: the line and column of the first letter that cannot be, whatever the runtime's own message.

import { ScenarioError } from './errors.ts';

/** The value of a JSON text. `origin` names the text in errors. */
export function parseJson(text: string, origin: string): unknown {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return JSON.parse(plain) as unknown;
  } catch {
    const offset = firstError(plain);
    const before = plain.slice(0, offset).split('\n');
    const what = offset >= plain.length ? 'the text ends too early' : `unexpected ${JSON.stringify(plain[offset])}`;
    throw new ScenarioError(origin, `is not JSON: line ${before.length}, column ${before.at(-1)!.length + 1}: ${what}`);
  }
}

const TOKEN = /[ \t\r\n]*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9.])|true|false|null))/y;
const SPACE = /[ \t\r\n]*/y;

/** Offset of the first letter at which `text` stops being the beginning of a JSON text. */
function firstError(text: string): number {
  const open: ('{' | '[')[] = [];
  /** What may come next. */
  let expect: 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'comma' | 'end' = 'value';
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    const start = SPACE.lastIndex;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) return text[start] === '"' ? endOfBadString(text, start) : start;
    const [, sign, string] = token;
    const after = (): typeof expect => (open.length === 0 ? 'end' : 'comma');
    if (expect === 'end') return start;
    if (expect === 'colon') { if (sign !== ':') return start; expect = 'value'; }
    else if (expect === 'comma') {
      const inside = open.at(-1)!;
      if (sign === ',') expect = inside === '{' ? 'key' : 'value';
      else if (sign === (inside === '{' ? '}' : ']')) { open.pop(); expect = after(); }
      else return start;
    } else if (expect === 'key' || expect === 'keyOrEnd') {
      if (string !== undefined) expect = 'colon';
      else if (sign === '}' && expect === 'keyOrEnd') { open.pop(); expect = after(); }
      else return start;
    } else if (sign === '{' || sign === '[') { open.push(sign); expect = sign === '{' ? 'keyOrEnd' : 'valueOrEnd'; }
    else if (sign === ']' && expect === 'valueOrEnd') { open.pop(); expect = after(); }
    else if (sign !== undefined) return start;
    else expect = after();
    at = TOKEN.lastIndex;
  }
}

/** Where a text in quotes goes wrong: at a control character or a bad escape, else at the end. */
function endOfBadString(text: string, start: number): number {
  const good = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
  good.lastIndex = start;
  good.exec(text);
  return good.lastIndex;
}
