// Newline-delimited JSON: everything about every step, for archives and other people's programs. docs/ndjson.md lists the fields.

import { bytesOfAccess } from '../runtime/accesses.ts';
import type { Access, StepEvent } from '../runtime/events.ts';
import { ascii, Bytes, encoded, PIECE } from './bytes.ts';
import type { Exporter, Piece } from './exporter.ts';
import { headsOf } from './memo.ts';

/** Version of the fields; grows when one changes its meaning or goes away. */
const VERSION = 1;

const line = (value: object): string => `${JSON.stringify(value)}\n`;

const json = (access: Access): Uint8Array => encoded(JSON.stringify(access));

/** Members of a list, with the texts of both sides. */
function list(out: Bytes, before: Uint8Array, members: readonly Access[]): void {
  out.bytes(before);
  for (let k = 0; k < members.length; k++) {
    if (k > 0) out.u8(COMMA);
    out.bytes(bytesOfAccess(members[k]!, json));
  }
}

const COMMA = 0x2c;
const STEP = ascii('{"type":"step","step":'), READS = ascii(',"reads":['), WRITES = ascii('],"writes":['), NO_MESSAGES = ascii('],"messages":[]'), END = ascii('}\n');

/** What JSON.stringify makes of a step, put together of parts that come again and again. */
function stepLines(out: Bytes): (event: StepEvent) => Piece {
  const head = headsOf<StepEvent>(({ actor, machine, state, name, outcome, to }) => `,${JSON.stringify({ actor, machine, state, name, outcome, to }).slice(1, -1)}`);
  return (event) => {
    const { step, choice, choices, reads, writes, messages, injection } = event;
    out.bytes(STEP);
    out.decimal(step);
    out.bytes(head(event));
    if (choice !== undefined) out.text(`,"choice":${choice},"choices":${choices}`);
    list(out, READS, reads);
    list(out, WRITES, writes);
    if (messages.length === 0) out.bytes(NO_MESSAGES);
    else out.text(`],"messages":${JSON.stringify(messages)}`);
    if (injection !== undefined) out.text(`,"injection":${JSON.stringify(injection)}`);
    out.bytes(END);
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
