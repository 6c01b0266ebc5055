// JSON.parse whose errors say where: the line and column of the first letter that cannot be, whatever the runtime's own message. A
// member that stands twice in an object, of which JSON.parse would take the last, is an error too.

import { ScenarioError, shown } from './errors.ts';

/** The value of a JSON text. `origin` names the text in errors. */
export function parseJson(text: string, origin: string): unknown {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(plain) as unknown;
  } catch {
    const { end } = scan(plain);
    const what = end >= plain.length ? 'the text ends too early' : `unexpected ${JSON.stringify(plain[end])}`;
    throw new ScenarioError(origin, `is not JSON: ${place(plain, end)}: ${what}`);
  }
  const { twice } = scan(plain);
  if (twice !== undefined) throw new ScenarioError(origin, `has a member twice: ${place(plain, twice.at)}: ${shown(twice.key)}`);
  return value;
}

/** Line and column of an offset. */
function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

const TOKEN = /[ \t\r\n]*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9.])|true|false|null))/y;
const SPACE = /[ \t\r\n]*/y;

interface Scanned {
  /** Offset of the first letter at which the text stops being the beginning of a JSON text. */
  readonly end: number;
  /** The first member that its object has already. */
  readonly twice?: { readonly at: number; readonly key: string };
}

/** Reads a text as far as it is JSON. */
function scan(text: string): Scanned {
  const open: ('{' | '[')[] = [];
  /** Of each object that is open, the members so far; nothing for a list. */
  const members: (Set<string> | undefined)[] = [];
  let twice: Scanned['twice'];
  const ends = (end: number): Scanned => (twice === undefined ? { end } : { end, twice });
  /** What may come next. */
  let expect: 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'comma' | 'end' = 'value';
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    const start = SPACE.lastIndex;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) return ends(text[start] === '"' ? endOfBadString(text, start) : start);
    const [, sign, string] = token;
    const after = (): typeof expect => (open.length === 0 ? 'end' : 'comma');
    const close = (): void => { open.pop(); members.pop(); expect = after(); };
    if (expect === 'end') return ends(start);
    if (expect === 'colon') { if (sign !== ':') return ends(start); expect = 'value'; }
    else if (expect === 'comma') {
      const inside = open.at(-1)!;
      if (sign === ',') expect = inside === '{' ? 'key' : 'value';
      else if (sign === (inside === '{' ? '}' : ']')) close();
      else return ends(start);
    } else if (expect === 'key' || expect === 'keyOrEnd') {
      if (string !== undefined) {
        const key = JSON.parse(string) as string;
        if (members.at(-1)!.has(key)) twice ??= { at: start, key };
        members.at(-1)!.add(key);
        expect = 'colon';
      } else if (sign === '}' && expect === 'keyOrEnd') close();
      else return ends(start);
    } else if (sign === '{' || sign === '[') {
      open.push(sign);
      members.push(sign === '{' ? new Set() : undefined);
      expect = sign === '{' ? 'keyOrEnd' : 'valueOrEnd';
    } else if (sign === ']' && expect === 'valueOrEnd') close();
    else if (sign !== undefined) return ends(start);
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
