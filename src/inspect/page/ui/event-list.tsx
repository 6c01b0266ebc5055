// The list of steps, beside the cursor: plain English, or lines as a kernel's tracer prints them. Only what is in sight is made.

import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { KvmEvents, kvmText } from '../../../export/kvm-events.ts';
import type { StepEvent } from '../../../runtime/events.ts';
import { Filtered } from '../engine/filtered.ts';
import { firstFrom, MARK } from '../engine/lanes.ts';
import { RELATION } from '../engine/cone.ts';
import { sentence, shortSentence } from '../engine/sentence.ts';
import type { Session } from '../model.ts';
import type { View } from '../view.ts';

/** Height of a row. */
const ROW = 22;
/** A browser scrolls so many pixels at most. */
const MOST_PIXELS = 8_000_000;
/** Steps in front of what is in sight whose kernel events are followed, so that an exit knows its fault. */
const LEAD = 48;

/** Filters that are offered, and those that were used last, for as long as the page is open. */
const OFTEN = ['mark:retry', 'mark:exit', 'mark:wait', 'mark:message', '-outcome:ok', 'object:folio_lock', 'object:spte'];
let recent: readonly string[] = [];
const MOST_RECENT = 8;

function remember(text: string): void {
  const filter = text.trim();
  if (filter !== '') recent = [filter, ...recent.filter((one) => one !== filter)].slice(0, MOST_RECENT);
}

interface Props { readonly session: Session; readonly view: View }

/** The list with its filter. */
export function EventList({ session, view }: Props): JSX.Element {
  const { filter, kernelLines } = view.now;
  const [, again] = useState(0);
  const [problem, setProblem] = useState('');
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(300);
  const box = useRef<HTMLDivElement>(null);
  const found = useMemo(() => {
    setProblem('');
    if (filter.trim() === '') return undefined;
    try {
      return new Filtered(session, filter);
    } catch (error) {
      setProblem((error as Error).message);
      return undefined;
    }
  }, [session, session.version, filter, session.scan.done]);
  useEffect(() => {
    let frame = 0;
    const work = (): void => {
      if (found === undefined || found.done) return;
      found.go(10, () => performance.now());
      again((k) => k + 1);
      frame = requestAnimationFrame(work);
    };
    work();
    return () => cancelAnimationFrame(frame);
  }, [found]);
  useEffect(() => {
    const element = box.current!;
    const sized = new ResizeObserver(() => setHeight(element.clientHeight));
    sized.observe(element);
    return () => sized.disconnect();
  }, []);

  const total = found === undefined ? session.length : found.count;
  const stepOf = (row: number): number => (found === undefined ? row + 1 : found.steps[row]!);
  const rowOf = (step: number): number => (found === undefined ? step - 1 : firstFrom(found.steps.subarray(0, found.count), step));
  const rows = Math.ceil(height / ROW) + 1;
  const pixels = Math.min(MOST_PIXELS, total * ROW);
  const scaled = total * ROW > MOST_PIXELS;
  const reach = Math.max(1, pixels - height);
  const first = Math.max(0, Math.min(total - 1, scaled ? Math.round((top / reach) * Math.max(0, total - Math.floor(height / ROW))) : Math.floor(top / ROW)));
  const topOf = (row: number): number => (scaled ? (row / Math.max(1, total - Math.floor(height / ROW))) * reach : row * ROW);

  // The cursor stays in sight.
  useEffect(() => {
    const row = rowOf(session.at);
    const visible = Math.floor(height / ROW);
    if (session.at < 1 || (row >= first && row < first + visible - 1)) return;
    const wanted = topOf(Math.max(0, row - Math.floor(visible / 2)));
    box.current!.scrollTop = wanted;
    setTop(box.current!.scrollTop);
  }, [session, session.at, session.version, found, height]);

  const shown = Array.from({ length: Math.max(0, Math.min(rows, total - first)) }, (_one, k) => stepOf(first + k));
  const events = eventsOf(session, shown, found === undefined);
  const lines = kernelLines ? kernelText(session, shown, events) : undefined;
  const cone = view.now.cone ? session.cone() : undefined;
  return (
    <section class="panel events" id="events" aria-label="Steps">
      <div class="panel-head">
        <h2>Steps</h2>
        <datalist id="filters">{[...recent, ...OFTEN.filter((one) => !recent.includes(one))].map((one) => <option key={one} value={one} />)}</datalist>
        <input id="filter" type="search" list="filters" placeholder="filter: actor:vcpu0 state:fault gfn:0 mark:retry …" value={filter} aria-label="Filter of steps" aria-invalid={problem !== ''} aria-describedby="filter-says"
          onInput={(event) => view.set({ filter: event.currentTarget.value })} onChange={(event) => remember(event.currentTarget.value)} />
        <label class="check"><input type="checkbox" checked={kernelLines} onChange={(event) => view.set({ kernelLines: event.currentTarget.checked })} /> as the kernel prints</label>
      </div>
      <p id="filter-says" class="dim filter-says" aria-live="polite">{problem !== '' ? problem : found === undefined ? '' : `${found.count.toLocaleString('en')} steps${found.done ? '' : `, looked at ${found.at.toLocaleString('en')}`}`}
        {found !== undefined && found.count > 0 ? <span> <button type="button" class="small" onClick={() => session.go(found.steps[Math.max(0, firstFrom(found.steps.subarray(0, found.count), session.at) - 1)]!)}>previous</button> <button type="button" class="small" onClick={() => session.go(found.steps[Math.min(found.count - 1, firstFrom(found.steps.subarray(0, found.count), session.at + 1))]!)}>next</button></span> : null}
      </p>
      <div ref={box} class="rows" role="listbox" tabIndex={0} aria-label="Steps" aria-activedescendant={shown.includes(session.at) ? `step-${session.at}` : undefined} onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
        <div class="spacer" style={{ height: `${pixels}px` }}>
          <div class="window" style={{ transform: `translateY(${Math.min(scaled ? top : first * ROW, Math.max(0, pixels - shown.length * ROW))}px)` }}>
            {shown.map((step, k) => <Row key={step} session={session} step={step} event={events[k]} line={lines?.[k]} related={cone === undefined || (step >= cone.from && step <= cone.to && cone.relation[step - cone.from] !== RELATION.CONCURRENT)} />)}
          </div>
        </div>
      </div>
    </section>
  );
}

function Row({ session, step, event, line, related }: { session: Session; step: number; event: StepEvent | undefined; line: string | undefined; related: boolean }): JSX.Element {
  const { records, names, opened: { kernel: { table } } } = session;
  const actor = records.actor(step);
  const leaf = actor === 0 ? undefined : table.leaves[records.leaf(step)];
  const mark = session.markOf(step);
  const outcome = names.outcomes[records.outcome(step)] ?? '';
  const text = line ?? (event !== undefined ? sentence(event, leaf, names) : leaf === undefined ? 'from outside' : shortSentence(names.actors[actor] ?? '', leaf, outcome));
  return (
    <div id={`step-${step}`} role="option" aria-selected={step === session.at} class={`row${step === session.at ? ' here' : ''}${related ? '' : ' unrelated'}${(mark & MARK.RETRY) !== 0 ? ' retry' : ''}`} onClick={() => session.go(step)}
      title={leaf === undefined ? '' : `${leaf.path} · ${leaf.step}: ${outcome}\n${leaf.description}`}>
      <span class="number">{step}</span> <span class="what">{text}</span>
    </div>
  );
}

/** Events of what is in sight: those that lie together at once; of a filtered list one by one, as long as that is quick. */
function eventsOf(session: Session, steps: readonly number[], together: boolean): readonly (StepEvent | undefined)[] {
  if (steps.length === 0) return [];
  if (together) return session.events(steps[0]!, steps.at(-1)!);
  const end = performance.now() + 40;
  return steps.map((step) => (performance.now() < end ? session.event(step) : undefined));
}

/** Lines of the kernel's own events where steps stand for some, else the laboratory's. */
function kernelText(session: Session, steps: readonly number[], events: readonly (StepEvent | undefined)[]): string[] {
  const kvm = new KvmEvents(session.opened.topology);
  if (steps.length > 0 && steps.at(-1)! - steps[0]! === steps.length - 1) for (const event of session.events(Math.max(1, steps[0]! - LEAD), steps[0]! - 1)) kvm.of(event);
  return events.map((event, k) => {
    if (event === undefined) return '';
    const own = kvm.of(event).map((one) => `${one.name}: ${kvmText(one)}`);
    const time = `${String(Math.floor(steps[k]! / 1e6)).padStart(3)}.${String(steps[k]! % 1e6).padStart(6, '0')}`;
    return `${event.actor} ${time}: ${own.length > 0 ? own.join(' | ') : `faultline_step: name=${event.name} outcome=${event.outcome} state=${event.state}`}`;
  });
}
