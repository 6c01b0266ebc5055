// The steps that a filter lets through, found in slices so that a page stays alive over millions of them.

import { NO_CHOICE } from '../../../trace/batch.ts';
import type { Session } from '../model.ts';
import { holds, isDeep, objectsOf, parseFilter, type Term } from './search.ts';

/** Steps between two looks at the clock. */
const PART = 2000;
/** Steps of the run that are executed at a time for what only that can tell. */
const DEEP_PART = 8192;

export class Filtered {
  /** Numbers of the steps found so far, ascending: the first `count`. */
  steps = new Int32Array(1024);
  count = 0;
  /** Steps that have been looked at. */
  at = 0;
  readonly text: string;
  private readonly session: Session;
  private readonly shallow: readonly Term[];
  private readonly deep: readonly { readonly term: Term; readonly ids: ReadonlySet<number> }[];
  private readonly messages: ReadonlySet<number>;
  private readonly waits: ReadonlySet<number>;
  private touching: readonly ReadonlySet<number>[] = [];
  private touchedTo = 0;

  /** Throws an InspectError for a filter that is none. */
  constructor(session: Session, text: string) {
    this.session = session;
    this.text = text;
    const terms = parseFilter(text);
    this.shallow = terms.filter((term) => !isDeep(term));
    this.deep = terms.filter(isDeep).map((term) => ({ term, ids: objectsOf(term, session.world, { name: (id) => session.names.object(id) }) }));
    const { list } = session.scan.messages;
    const wanted = (value: string): boolean => terms.some((term) => term.key === 'mark' && term.value === value);
    this.messages = new Set(wanted('message') ? [...list.column('sent').subarray(0, list.count), ...list.column('received').subarray(0, list.count)] : []);
    this.waits = new Set(wanted('wait') ? session.scan.waits.column('from').subarray(0, session.scan.waits.count) : []);
  }

  get done(): boolean {
    return this.at >= this.session.length;
  }

  /** Goes on for some milliseconds; true when all steps have been looked at. */
  go(milliseconds: number, now: () => number): boolean {
    const end = now() + milliseconds;
    while (!this.done) {
      const to = Math.min(this.session.length, this.at + PART);
      if (this.deep.length > 0 && to > this.touchedTo) this.touch();
      while (this.at < to) if (this.lets(++this.at)) this.add(this.at);
      if (now() >= end) break;
    }
    return this.done;
  }

  private touch(): void {
    const from = this.touchedTo + 1;
    const to = Math.min(this.session.length, this.touchedTo + DEEP_PART);
    this.touching = this.deep.map(({ ids }) => new Set(this.session.touched(ids, { from, to, most: Infinity }).map(({ step }) => step)));
    this.touchedTo = to;
  }

  private lets(step: number): boolean {
    const { session, shallow, deep } = this;
    for (let k = 0; k < deep.length; k++) if (this.touching[k]!.has(step) === deep[k]!.term.not) return false;
    if (shallow.length === 0) return true;
    const { records, names, opened: { kernel: { table } } } = session;
    const actor = records.actor(step);
    const leaf = actor === 0 ? undefined : table.leaves[records.leaf(step)];
    const one = {
      step, actor: names.actors[actor] ?? '', state: leaf?.path ?? 'outside', name: leaf?.step ?? 'inject', outcome: names.outcomes[records.outcome(step)] ?? '', mark: session.markOf(step),
      choice: records.choice(step) !== NO_CHOICE, message: this.messages.has(step), wait: this.waits.has(step),
    };
    return shallow.every((term) => holds(term, one));
  }

  private add(step: number): void {
    if (this.count === this.steps.length) {
      const more = new Int32Array(this.count * 2);
      more.set(this.steps);
      this.steps = more;
    }
    this.steps[this.count++] = step;
  }
}
