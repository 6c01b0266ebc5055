// Step, play, back, slider, go to step N.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Session } from '../model.ts';
import type { View } from '../view.ts';
import { Icon, type IconName } from './icon.tsx';

/** Steps a second that can be played. */
const SPEEDS = [1, 4, 20, 200, 5000] as const;

interface Props { readonly session: Session; readonly view: View; readonly playing: boolean; readonly play: (on: boolean) => void; readonly act: (key: string) => void }

/** The bar. */
export function Transport({ session, view, playing, play, act }: Props): JSX.Element {
  const [speed, setSpeed] = useState<number>(4);
  useEffect(() => {
    if (!playing) return undefined;
    let last = performance.now();
    let owed = 0;
    let frame = 0;
    const tick = (now: number): void => {
      owed += ((now - last) / 1000) * speed;
      last = now;
      if (owed >= 1) {
        const steps = Math.floor(owed);
        owed -= steps;
        if (session.at >= session.length) {
          play(false);
          return;
        }
        session.go(session.at + steps);
      }
      frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, session]);
  const button = (key: string, label: string, sign: IconName): JSX.Element => <button type="button" onClick={() => act(key)} aria-label={label} title={`${label} (${key === ' ' ? 'space' : key})`}><Icon name={sign} /></button>;
  const { a, b, trail } = view.now;
  return (
    <div class="transport" role="group" aria-label="Time travel">
      {button('Home', 'to the beginning', 'begin')}
      {button('K', 'back to the previous context switch', 'back')}
      {button('k', 'one step back', 'previous')}
      <button type="button" onClick={() => play(!playing)} aria-label={playing ? 'pause' : 'play'} title={`${playing ? 'pause' : 'play'} (space)`}><Icon name={playing ? 'pause' : 'play'} /></button>
      {button('j', 'one step on', 'next')}
      {button('J', 'on to the next context switch', 'on')}
      {button('End', 'to the end', 'end')}
      {button('g', 'to what is broken', 'broken')}
      <input class="slider" type="range" min={0} max={session.length} value={session.at} aria-label="Step" aria-valuetext={`step ${session.at} of ${session.length}`}
        onInput={(event) => session.go(Number(event.currentTarget.value))} />
      <GoTo session={session} />
      <span class="dim">of {session.length.toLocaleString('en')}</span>
      <label>speed <select value={speed} onChange={(event) => setSpeed(Number(event.currentTarget.value))}>{SPEEDS.map((one) => <option key={one} value={one}>{one.toLocaleString('en')} / s</option>)}</select></label>
      {a > 0 ? <span class="markers">A {a}{b > 0 ? `, B ${b}: ${Math.abs(b - a).toLocaleString('en')} steps` : ''} <button type="button" class="small" onClick={() => view.set({ a: 0, b: 0 })} aria-label="remove the markers">×</button></span> : null}
      {trail.length > 0 ? (
        <nav class="trail" aria-label="Followed messages">
          {trail.filter((step) => step <= session.length).map((step, k) => <button key={k} type="button" class="small" aria-current={step === session.at ? 'step' : undefined} onClick={() => session.go(step)} title={session.names.actors[session.records.actor(step)] ?? ''}>{step}</button>)}
          <button type="button" class="small" onClick={() => view.set({ trail: [] })} aria-label="forget the followed messages">×</button>
        </nav>
      ) : null}
    </div>
  );
}

/** The number of the step, to be typed over: what is being typed stays, whatever is drawn meanwhile. */
function GoTo({ session }: { readonly session: Session }): JSX.Element {
  const [typed, setTyped] = useState<string>();
  const go = (): void => {
    if (typed !== undefined && typed.trim() !== '') session.go(Number(typed));
    setTyped(undefined);
  };
  return (
    <label>step <input id="goto" class="goto" type="number" min={0} max={session.length} value={typed ?? session.at} onInput={(event) => setTyped(event.currentTarget.value)} onBlur={() => setTyped(undefined)}
      onKeyDown={(event) => { if (event.key === 'Enter') go(); }} onChange={go} /></label>
  );
}
