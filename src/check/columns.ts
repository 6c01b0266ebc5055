// Text with one column per actor: what a report prints of a schedule, and `show` of a trace. One row is one step, so only
// one column of a row has text: it may run on over the columns behind it when there is no room for all.

/** Width of all text output: it is pasted into mail. */
export const TEXT_WIDTH = 78;

/** One step of one actor. */
export interface ColumnRow {
  /** Which of the heads it belongs to. */
  readonly column: number;
  readonly text: string;
  /** In front of the row: the number of the step. */
  readonly label?: string;
  /** This is the step that it is all about. */
  readonly marked?: boolean;
  /** Lines under the row, in the same column. */
  readonly notes?: readonly string[];
}

const GAP = 2;
const GUIDE = '|';
/** Below this distance columns have no heads of their own in one line. */
const NARROW = 6;

/** Cuts at `width`; a cut is shown by a tilde. */
export const clip = (text: string, width: number): string => (text.length <= width ? text : width < 2 ? text.slice(0, Math.max(0, width)) : `${text.slice(0, width - 1)}~`);

/** Makes a step's name shorter where it has to be: without the kernel object in front, then cut. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const dot = text.search(/\.[A-Za-z]/);
  return clip(dot < 0 ? text : text.slice(dot + 1), width);
}

/** Breaks text at spaces into lines of at most `width` columns, each behind `indent`. */
export function wrap(text: string, indent = '', width: number = TEXT_WIDTH): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent.length + longer.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  if (line !== '') lines.push(indent + line);
  return lines;
}

/** Where each column starts within `width`: apart by what they need, else by the same distance. */
function starts(needs: readonly number[], width: number): number[] {
  const result: number[] = [];
  let at = 0;
  for (const need of needs) {
    result.push(at);
    at += need + GAP;
  }
  if (at - GAP <= width || needs.length < 2) return result;
  const room = Math.max(width - Math.min(needs.at(-1)!, Math.floor(width / 3)), needs.length);
  const distance = Math.max(1, Math.min(Math.floor(room / (needs.length - 1)), Math.floor(width / needs.length) + NARROW));
  return needs.map((_need, k) => Math.min(k * distance, width - 1));
}

/** One line: text at its column, a guide in every other column that the text does not cover. */
function line(at: readonly number[], column: number, text: string, width: number, cut = shorten): string {
  let result = '';
  for (let k = 0; k < at.length; k++) {
    if (result.length > at[k]!) continue;
    result = result.padEnd(at[k]!);
    result += k === column ? cut(text, width - at[k]!) : GUIDE;
    // A text that touches the next guide would read as one word with it.
    if (k === column && k + 1 < at.length && result.length === at[k + 1]!) result += ' ';
  }
  return result.trimEnd();
}

/** Heads in one line where they fit, else one below the other, as stairs. */
function headLines(heads: readonly string[], at: readonly number[], width: number): string[] {
  const fits = heads.every((head, k) => head.length < (k + 1 < at.length ? at[k + 1]! : width + 1) - at[k]!);
  if (fits) {
    let result = '';
    heads.forEach((head, k) => { result = result.padEnd(at[k]!) + head; });
    return [result];
  }
  return heads.map((head, k) => line(at.slice(0, k + 1), k, head, width, clip));
}

/** What stands in front of the columns. */
export interface Gutter {
  /** Width of the widest label; 0 for none. */
  readonly labels: number;
  /** Some row is marked. */
  readonly marks: boolean;
}

/** A layout that is fixed before the first row, so that rows can be printed as they come. */
export class ColumnLayout {
  private readonly heads: readonly string[];
  private readonly at: readonly number[];
  private readonly gutter: Gutter;
  private readonly indent: string;
  private readonly inner: number;

  /** `needs`: for each head, the length of the longest text under it. */
  constructor(heads: readonly string[], needs: readonly number[], gutter: Gutter, width: number = TEXT_WIDTH) {
    this.heads = heads;
    this.gutter = gutter;
    this.indent = ' '.repeat((gutter.marks ? 2 : 0) + (gutter.labels > 0 ? gutter.labels + 2 : 0));
    this.inner = width - this.indent.length;
    const wide = needs.map((need, k) => Math.max(need, heads[k]!.length));
    let at = starts(wide, this.inner);
    if (at.length > 0 && at.at(-1)! + wide.at(-1)! > this.inner) {
      const short = wide.map((need, k) => Math.max(heads[k]!.length, Math.min(need, Math.floor(this.inner / wide.length) - GAP)));
      const narrower = starts(short, this.inner);
      if (narrower.at(-1)! + short.at(-1)! <= this.inner) at = narrower;
    }
    this.at = at;
  }

  heading(): string[] {
    return headLines(this.heads, this.at, this.inner).map((text) => (this.indent + text).trimEnd());
  }

  /** The lines of one step; `column` counts the heads of this layout. */
  row(row: ColumnRow): string[] {
    const { labels, marks } = this.gutter;
    const front = (marks ? (row.marked ? '> ' : '  ') : '') + (labels > 0 ? `${(row.label ?? '').padStart(labels)}  ` : '');
    return [
      (front + line(this.at, row.column, row.text, this.inner)).trimEnd(),
      ...(row.notes ?? []).map((note) => (this.indent + line(this.at, row.column, note, this.inner)).trimEnd()),
    ];
  }
}

/** Lays rows out under the heads of those columns that have any; at most `width` columns wide. */
export function columnText(heads: readonly string[], rows: readonly ColumnRow[], width: number = TEXT_WIDTH): string[] {
  const used = heads.map((_head, k) => k).filter((k) => rows.some((row) => row.column === k));
  const place = new Map(used.map((column, k) => [column, k]));
  const layout = new ColumnLayout(
    used.map((column) => heads[column]!),
    used.map((column) => Math.max(...rows.filter((row) => row.column === column).map((row) => row.text.length))),
    { labels: Math.max(0, ...rows.map((row) => row.label?.length ?? 0)), marks: rows.some((row) => row.marked) },
    width,
  );
  return [...layout.heading(), ...rows.flatMap((row) => layout.row({ ...row, column: place.get(row.column)! }))];
}
