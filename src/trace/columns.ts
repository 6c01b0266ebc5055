// Steps as text for a mail: one column for each actor, one line for each step, at most 78 columns wide. Only one actor moves in
// a line, so its text may run on over the columns behind its own.

export const COLUMNS_WIDTH = 78;

/** Narrowest and widest column. */
const NARROW = 13;
const WIDE = 30;

/** One line of the table. */
export interface Row {
  /** Nothing for a line that belongs to the step above. */
  readonly step?: number;
  readonly actor: string;
  readonly text: string;
}

/** How many actors have room beside step numbers of so many digits. */
export const mostColumns = (digits: number): number => Math.floor((COLUMNS_WIDTH - digits - 2) / NARROW);

export class Columns {
  private readonly names: readonly string[];
  private readonly left: number;
  private readonly width: number;

  /** `names`: the actors that have a column, at most `mostColumns`. `lastStep`: the largest number to come. */
  constructor(names: readonly string[], lastStep: number) {
    this.names = names;
    this.left = Math.max(4, String(lastStep).length) + 2;
    this.width = Math.max(NARROW, Math.min(WIDE, Math.floor((COLUMNS_WIDTH - this.left) / Math.max(1, names.length))));
  }

  /** Two lines: names, and a rule. */
  heading(): string {
    const names = this.names.map((name) => cut(name, this.width - 1).padEnd(this.width)).join('');
    return `${'step'.padStart(this.left - 2)}  ${names}`.trimEnd() + `\n${'-'.repeat(Math.min(COLUMNS_WIDTH, this.left + this.width * this.names.length))}`;
  }

  /** A line; nothing for an actor that has no column. */
  row({ step, actor, text }: Row): string | undefined {
    const column = this.names.indexOf(actor);
    if (column < 0) return undefined;
    const at = this.left + column * this.width;
    return `${(step === undefined ? '' : String(step)).padStart(this.left - 2)}  ${' '.repeat(at - this.left)}${cut(text, COLUMNS_WIDTH - at)}`.trimEnd();
  }
}

/** At most so long; what was cut is marked. */
const cut = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, width - 1)}~`);
