// Where the page has its run from: the address, what the server serves beside it, or what stands in the file itself.

import { ownKernel } from './engine/own-kernel.ts';
import { handedScenario, withHands } from './engine/hands.ts';
import type { Link } from './engine/link.ts';
import { openScenario, openScheduled, openTrace, type Opened } from './engine/open.ts';

/** What the server, or the file, says of what to show. */
export interface Given {
  /** A trace lies beside it. */
  readonly trace?: string;
  readonly scenario?: string | Record<string, unknown>;
  readonly kernel?: string;
  readonly seed?: number;
  readonly steps?: number;
  /** A run that goes on is followed: what it is. */
  readonly live?: string;
  /** Nothing: runs to choose from are offered. */
  readonly start?: boolean;
}

const embedded = (id: string): string | undefined => document.getElementById(id)?.textContent ?? undefined;

/** Reads what is given. */
export async function given(): Promise<Given> {
  const own = embedded('faultline-session');
  if (own !== undefined) return JSON.parse(own) as Given;
  const answer = await fetch('session.json');
  if (!answer.ok) throw new Error(`the server answers ${answer.status}; is this the address that faultline inspect has printed?`);
  return await answer.json() as Given;
}

/** The bytes of the trace. */
export async function traceBytes(): Promise<Uint8Array> {
  const own = embedded('faultline-trace');
  if (own !== undefined) return fromBase64(own);
  const answer = await fetch('trace');
  if (!answer.ok) throw new Error(`the server answers ${answer.status} when asked for the trace; it may have ended: start faultline inspect again`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  performance.mark('faultline-arrived');
  return bytes;
}

/** What a run that goes on has done in its lap so far. */
export async function openLive({ live }: Given): Promise<Opened> {
  const answer = await fetch('live-trace');
  if (!answer.ok) throw new Error(`the server answers ${answer.status} when asked for the run so far`);
  return openTrace(`${live!}, live`, new Uint8Array(await answer.arrayBuffer()), ownKernel());
}

/** Bytes from text of the alphabet of base64. */
export function fromBase64(text: string): Uint8Array {
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let k = 0; k < binary.length; k++) bytes[k] = binary.charCodeAt(k);
  return bytes;
}

/** Opens what is given. */
export async function openGiven({ trace, scenario, kernel, seed, steps }: Given): Promise<Opened> {
  const own = ownKernel();
  if (trace !== undefined) return openTrace(trace, await traceBytes(), own);
  return openScenario({ scenario: (scenario ?? 'stress-small') as string, kernel, seed, steps }, own);
}

/** Opens what an address says: its scenario, run with its seed up to where it is forked. */
export async function openLink({ scenario, kernel, seed, steps, fork, by, hands }: Link): Promise<Opened> {
  const own = ownKernel();
  if (fork === 0 && by !== undefined) return openScheduled({ scenario: scenario as string, kernel, seed }, hands === true ? handedScenario : (one) => one, own);
  const opened = await openScenario({ scenario: scenario as string, kernel, seed, steps }, own);
  return hands === true ? withHands(opened, fork ?? opened.records.count) : opened;
}

/** Layouts of the charts of a kernel, as the build has computed them; nothing where there are none. */
export async function layoutsOf(kernel: string): Promise<unknown> {
  const own = embedded('faultline-layouts');
  if (own !== undefined) return JSON.parse(own);
  if (embedded('faultline-session') !== undefined) return undefined;
  const answer = await fetch(`layouts-${kernel}.json`);
  return answer.ok ? await answer.json() ?? undefined : undefined;
}
