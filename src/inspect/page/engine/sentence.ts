// A step in plain English: who, what it stands for in the kernel, how it went, what others can see of it.

import type { Access, Message, StepEvent } from '../../../runtime/events.ts';
import type { LeafInfo } from '../../../kernel/table.ts';
import type { Names } from './names.ts';

const lockName = ({ object, at }: Access): string => {
  const indices = Object.entries(at).map(([dimension, index]) => (typeof index === 'string' && !index.startsWith('0x') ? index : `${dimension} ${index}`)).join(', ');
  return indices === '' ? object : `${object}(${indices})`;
};

/** What a write means, where a few words say it better than numbers; nothing where it does not concern others. */
function effect(write: Access, names: Pick<Names, 'value'>): string | undefined {
  const { object, field, old: before = 0, value: after } = write;
  if (object === 'frame' || object === 'mailbox' || before === after) return undefined;
  if (field === 'owner') return after === 0 ? `lets go of ${lockName(write)}` : `takes ${lockName(write)}`;
  if (field === 'writer') return after === 0 ? `lets go of ${lockName(write)}, held for writing` : `takes ${lockName(write)} for writing`;
  if (field === 'readers') return (after & ~before) === 0 ? `lets go of ${lockName(write)}, held for reading` : `takes ${lockName(write)} for reading`;
  if (field === 'queue' || field === 'waiting_writers') return (field === 'queue' ? after !== 0 && before === 0 : (after & ~before) !== 0) ? `queues for ${lockName(write)}` : undefined;
  if (object === 'spte' && field === 'pfn') return after === 0 ? `zaps the SPTE of gfn ${write.at['gfn']}` : `maps gfn ${write.at['gfn']} to pfn ${after}`;
  if (object === 'tlb' && field === 'pfn') return after === 0 ? `drops the TLB entry of gfn ${write.at['gfn']}` : `caches gfn ${write.at['gfn']} → pfn ${after} in the TLB`;
  if (field === 'count' || field.endsWith('_count')) return `${lockName(write)}.${field} ${before} → ${after}`;
  return `${lockName(write)}.${field}${write.element === undefined ? '' : `[${write.element}]`} ${names.value(write, before)} → ${names.value(write, after)}`;
}

function messageText({ to, message, content }: Message): string {
  const words = Object.entries(content).map(([name, one]) => `${name} ${one}`).join(', ');
  return message === 'reply' ? `answers ${to}${words === '' ? '' : `: ${words}`}` : `sends ${message} to ${to}${words === '' ? '' : ` (${words})`}`;
}

/** Effects that a line tells; the panel of changes has all. */
const MOST_EFFECTS = 4;

/** What is said of a step of which only the record is known. */
export const shortSentence = (actor: string, leaf: LeafInfo, outcome: string): string => `${actor}: ${leaf.description}${outcome === 'ok' ? '' : `: ${outcome}`}`;

/** The whole sentence. */
export function sentence(event: StepEvent, leaf: LeafInfo | undefined, names: Pick<Names, 'value'>): string {
  if (event.injection !== undefined || leaf === undefined) return `from outside: ${event.messages.map((one) => `${one.message} for ${one.to}`).join(', ') || 'something comes in'}`;
  const effects = [...event.messages.map(messageText), ...event.writes.flatMap((write) => effect(write, names) ?? [])];
  const told = effects.length <= MOST_EFFECTS ? effects : [...effects.slice(0, MOST_EFFECTS), `${effects.length - MOST_EFFECTS} more`];
  const choice = event.choices === undefined ? '' : ` (choice ${event.choice! + 1} of ${event.choices})`;
  return `${shortSentence(event.actor, leaf, event.outcome)}${choice}${told.length === 0 ? '' : ` · ${told.join('; ')}`}`;
}
