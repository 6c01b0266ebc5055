// Every key, what it does, in the order of the sheet.

import { firstFrom } from '../engine/lanes.ts';
import type { Session } from '../model.ts';
import type { View } from '../view.ts';

/** What keys act on. */
export interface Acting {
  readonly session: Session;
  readonly view: View;
  readonly zoom: (factor: number) => void;
  readonly play: () => void;
  readonly help: () => void;
  readonly focus: (id: string) => void;
  readonly say: (sentence: string) => void;
  readonly theme: () => void;
  /** Copies the address of this state, the command that comes to it, a test of what breaks. */
  readonly link: () => void;
  readonly command: () => void;
  readonly test: () => void;
}

interface Key { readonly key: string; readonly what: string; readonly act: (on: Acting) => void }

/** The next step, in a direction, whose actor is another one than that of the step beside it. */
function contextSwitch({ records, at, length }: Session, direction: 1 | -1): number {
  if (length === 0) return 0;
  let step = Math.max(1, at);
  const actor = records.actor(step);
  while (step >= 1 && step <= length && records.actor(step) === actor) step += direction;
  return Math.max(0, Math.min(length, step));
}

/** The next step of the chosen actor, or of the one of the step under the cursor. */
function ofActor({ session, view }: Acting, direction: 1 | -1): number {
  const actor = view.now.actor || (session.at > 0 ? session.records.actor(session.at) : 1);
  const steps = session.lanes.steps[actor]!;
  return steps[direction > 0 ? firstFrom(steps, session.at + 1) : firstFrom(steps, session.at) - 1] ?? session.at;
}

function violation(on: Acting, direction: 1 | -1): void {
  const { session } = on;
  const ending = session.ending();
  const steps = [...new Set([...session.verdicts().flatMap(({ step }) => (step === undefined ? [] : [step])), ...(session.answer > 0 && ending !== undefined ? [ending.step] : [])])].toSorted((x, y) => x - y);
  const next = direction > 0 ? steps.find((step) => step > session.at) : steps.findLast((step) => step < session.at);
  if (next === undefined) on.say(steps.length === 0 ? 'nothing is broken in this run' : `nothing is broken ${direction > 0 ? 'behind' : 'before'} this step`);
  else session.go(next);
}

/** Steps of a way along messages that are kept. */
const MOST_TRAIL = 12;

/** Follows what the step under the cursor sent to where it was received, or what it received to where it was sent; from a step that does neither, to the next
 *  message that its actor sends, or the last that it received. So a message is followed to its effects, and these to theirs. */
function follow(on: Acting, direction: 1 | -1): void {
  const { session, view } = on;
  const { list } = session.scan.messages;
  const [from, to, sent, received] = [list.column('from'), list.column('to'), list.column('sent'), list.column('received')];
  const { at } = session;
  const actor = at > 0 ? session.records.actor(at) : 0;
  let next = 0;
  for (let row = 0; row < list.count; row++) {
    if (direction > 0 ? sent[row] === at : received[row] === at) {
      if (direction > 0 && received[row] === 0) {
        on.say('nobody has received it by the end of the run');
        return;
      }
      next = direction > 0 ? received[row]! : sent[row]!;
      break;
    }
    if (direction > 0 ? from[row] === actor && sent[row]! > at && next === 0 : to[row] === actor && received[row] !== 0 && received[row]! < at && received[row]! > next) next = direction > 0 ? sent[row]! : received[row]!;
  }
  if (next === 0 || at === 0) {
    on.say(direction > 0 ? 'nothing is sent by this step, nor by its actor behind it' : 'nothing that was sent in this run is received by this step, nor by its actor before it');
    return;
  }
  const { trail } = view.now;
  view.set({ trail: trail.at(-1) === at ? [...trail, next].slice(-MOST_TRAIL) : [at, next] });
  session.go(next);
}

/** The next time that somebody waits: for the lock that is chosen, or for any. */
export function nextContention(on: Pick<Acting, 'session' | 'view' | 'say'>): void {
  const { session, view } = on;
  const { waits } = session.scan;
  const [object, from] = [waits.column('object'), waits.column('from')];
  const wanted = view.now.object;
  for (let row = 0; row < waits.count; row++) {
    if (from[row]! <= session.at || (wanted >= 0 && object[row] !== wanted)) continue;
    view.set({ actor: waits.get(row, 'actor') });
    session.go(from[row]!);
    return;
  }
  on.say(wanted >= 0 ? `nobody waits for ${session.names.object(wanted)} behind this step` : 'nobody waits for a lock behind this step');
}

function marker({ session, view }: Acting): void {
  const { a, b } = view.now;
  if (a === 0 || b !== 0) view.set({ a: session.at, b: 0 });
  else view.set({ b: session.at });
}

function nextActor({ session, view }: Acting, direction: 1 | -1): void {
  const numbers = session.lanes.steps.flatMap((steps, actor) => (actor > 0 && steps.length > 0 ? [actor] : []));
  const at = numbers.indexOf(view.now.actor);
  view.set({ actor: numbers[(at + direction + numbers.length) % numbers.length] ?? 0 });
}

export const KEYS: readonly Key[] = [
  { key: 'j', what: 'one step on', act: ({ session }) => session.go(session.at + 1) },
  { key: 'k', what: 'one step back', act: ({ session }) => session.go(session.at - 1) },
  { key: 'J', what: 'on to the next context switch: the next step of another actor', act: ({ session }) => session.go(contextSwitch(session, 1)) },
  { key: 'K', what: 'back to the previous one', act: ({ session }) => session.go(contextSwitch(session, -1)) },
  { key: 'l', what: 'next step of the same actor', act: (on) => on.session.go(ofActor(on, 1)) },
  { key: 'h', what: 'previous step of it', act: (on) => on.session.go(ofActor(on, -1)) },
  { key: ' ', what: 'play, pause', act: (on) => on.play() },
  { key: 'Home', what: 'to the beginning', act: ({ session }) => session.go(0) },
  { key: 'End', what: 'to the end', act: ({ session }) => session.go(session.length) },
  { key: 'n', what: 'go to step N: type it', act: (on) => on.focus('goto') },
  { key: 'g', what: 'to what is broken', act: (on) => { if (on.session.answer > 0 || on.session.verdicts().some(({ step }) => step !== undefined)) on.session.go(on.session.verdicts().find(({ step }) => step !== undefined)?.step ?? on.session.answer); else on.say('nothing is broken in this run'); } },
  { key: ']', what: 'next violation', act: (on) => violation(on, 1) },
  { key: '[', what: 'previous violation', act: (on) => violation(on, -1) },
  { key: 'f', what: 'follow the message that this step sends; again: the next one of who received it', act: (on) => follow(on, 1) },
  { key: 'F', what: 'back to who sent what it receives; again: to what that one had received', act: (on) => follow(on, -1) },
  { key: 'w', what: 'next time somebody waits: for the chosen lock, or for any', act: nextContention },
  { key: 'c', what: 'only what led to this step, and what it led to', act: ({ view }) => view.set({ cone: !view.now.cone }) },
  { key: 'm', what: 'marker A, then B', act: marker },
  { key: 'a', what: 'choose the next actor', act: (on) => nextActor(on, 1) },
  { key: 'A', what: 'choose the previous actor', act: (on) => nextActor(on, -1) },
  { key: '/', what: 'search and filter', act: (on) => on.focus('filter') },
  { key: '+', what: 'zoom in', act: (on) => on.zoom(1.5) },
  { key: '-', what: 'zoom out', act: (on) => on.zoom(1 / 1.5) },
  { key: 'y', what: 'copy the address of this state', act: (on) => on.link() },
  { key: 't', what: 'light, dark, as the system says', act: (on) => on.theme() },
  { key: '?', what: 'this sheet', act: (on) => on.help() },
];

const BY_KEY = new Map(KEYS.map((one) => [one.key, one]));

/** Does what a key says; false when it says nothing. */
export function press(key: string, on: Acting): boolean {
  const known = BY_KEY.get(key === '=' ? '+' : key === 'ArrowRight' ? 'j' : key === 'ArrowLeft' ? 'k' : key);
  known?.act(on);
  return known !== undefined;
}
