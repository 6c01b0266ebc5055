// A table that grows: whole numbers in columns, for things of which a run has hundreds of thousands.

export class Columns<Name extends string> {
  count = 0;
  private readonly columns: Record<Name, Int32Array>;
  private readonly names: readonly Name[];

  constructor(names: readonly Name[]) {
    this.names = names;
    this.columns = Object.fromEntries(names.map((name) => [name, new Int32Array(256)])) as Record<Name, Int32Array>;
  }

  /** Adds a row; answers its number, from 0. */
  add(row: Readonly<Record<Name, number>>): number {
    const at = this.count++;
    for (const name of this.names) {
      let column = this.columns[name];
      if (at === column.length) {
        const wider = new Int32Array(at * 2);
        wider.set(column);
        this.columns[name] = column = wider;
      }
      column[at] = row[name];
    }
    return at;
  }

  /** The numbers of a column: the first `count` are rows. Valid until a row is added. */
  column(name: Name): Int32Array {
    return this.columns[name];
  }

  get(row: number, name: Name): number {
    return this.columns[name][row]!;
  }

  set(row: number, name: Name, value: number): void {
    this.columns[name][row] = value;
  }
}
