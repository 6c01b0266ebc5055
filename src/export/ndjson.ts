// Newline-delimited JSON: everything about every step, for archives and other people's programs. docs/ndjson.md lists the fields.

import type { Access, StepEvent } from '../runtime/events.ts';
import { ascii, Bytes, PIECE } from './bytes.ts';
import type { Exporter, Piece } from './exporter.ts';
import { headsOf, keptAccesses, keptBytes } from './memo.ts';

/** Version of the fields; grows when one changes its meaning or goes away. */
const VERSION = 1;

const line = (value: object): string => `${JSON.stringify(value)}\n`;

const json = (access: Access): string => JSON.stringify(access);

/** Members of a list, behind a text. */
function list(out: Bytes, before: Uint8Array, members: readonly Access[], put: (out: Bytes, one: Access) => void): void {
  out.bytes(before);
  for (let k = 0; k < members.length; k++) {
    if (k > 0) out.u8(COMMA);
    put(out, members[k]!);
  }
}

const COMMA = 0x2c;
const STEP = ascii('{"type":"step","step":'), READS = ascii(',"reads":['), WRITES = ascii('],"writes":['), NO_MESSAGES = ascii('],"messages":[]'), END = ascii('}\n');

/** What JSON.stringify makes of a step, put together of parts that come again and again. */
function stepLines(out: Bytes): (event: StepEvent) => Piece {
  const head = headsOf((to, { actor, machine, state, name, outcome, to: next }) => to.text(`,${JSON.stringify({ actor, machine, state, name, outcome, to: next }).slice(1, -1)}`));
  const put = keptAccesses(json);
  /** All behind the number. */
  const rest = (_out: Bytes, event: StepEvent): void => {
    const { choice, choices, reads, writes, messages, injection } = event;
    out.bytes(head(event));
    if (choice !== undefined) out.text(`,"choice":${choice},"choices":${choices}`);
    list(out, READS, reads, put);
    list(out, WRITES, writes, put);
    if (messages.length === 0) out.bytes(NO_MESSAGES);
    else out.text(`],"messages":${JSON.stringify(messages)}`);
    if (injection !== undefined) out.text(`,"injection":${JSON.stringify(injection)}`);
    out.bytes(END);
  };
  const again = keptBytes(rest);
  return (event) => {
    out.bytes(STEP);
    out.decimal(event.step);
    // Messages have the number too.
    (event.messages.length === 0 ? again : rest)(out, event);
    return out.piece(PIECE);
  };
}

export const ndjson: Exporter = {
  name: 'ndjson',
  extension: '.ndjson',
  description: 'one JSON object a line: header, every step with all that it read, wrote and sent, footer',
  open(header, actors) {
    const out = new Bytes(2 * PIECE);
    return {
      header: () => line({ type: 'header', ndjson: VERSION, ...header, actors: actors.map(({ name, machine }) => ({ name, machine })) }),
      step: stepLines(out),
      end: (footer) => [out.piece(1), footer === undefined ? '' : line({ type: 'footer', ...footer })],
    };
  },
};
