// Text for people: plain, at most 78 columns, and quiet when nobody reads any more.

import { EXIT, systemProblem } from './errors.ts';

export { COMMAND, shellWord } from './words.ts';

export const WIDTH = 78;

/** Nothing can be written any more: the reader is gone, or the disk is full. */
let closed = false;

// A reader that has seen enough (head, less) closes the pipe: that is no error, and the command goes on to its own exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (closed) return;
  closed = true;
  if (error.code === 'EPIPE') return;
  complain(`cannot write to standard output: ${systemProblem(error)}`);
  process.on('exit', () => { process.exitCode = EXIT.USAGE; });
});
// Who cannot be told of a problem is not told of this one either.
process.stderr.on('error', () => {});

/** Whether nobody reads any more; what only prints may stop then. */
export const outputClosed = (): boolean => closed;

/** Text in which control characters, but for line ends and tabs, are escaped: what a trace or a file says must not steer a terminal. */
export const harmless = (text: string): string => text.replace(/\r(?!\n)|(?![\t\n\r])\p{Cc}/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Writes text to standard output, made harmless. */
export const write = (text: string): Promise<void> => writeAsIs(harmless(text));

/** Writes to standard output; waits where the reader is slower, so that memory stays small however much there is to say. */
export async function writeAsIs(content: string | Uint8Array): Promise<void> {
  if (closed || process.stdout.write(content)) return;
  await new Promise<void>((resolve) => {
    const { stdout } = process;
    const done = (): void => {
      for (const event of ['drain', 'error', 'close']) stdout.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'error', 'close']) stdout.on(event, done);
  });
}

/** One line on standard output. */
export const line = (text = ''): Promise<void> => write(`${text}\n`);

/** One sentence on standard error. */
export function complain(sentence: string): void {
  process.stderr.write(`faultline: ${harmless(sentence)}\n`);
}

/** Pieces of a word that fit into `width`; a path is broken behind a dot. */
function pieces(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  const dot = word.lastIndexOf('.', width - 1);
  const at = dot > 0 ? dot + 1 : width;
  return [word.slice(0, at), ...pieces(word.slice(at), width)];
}

/** Words of `text` in lines of at most `width`. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/[ \n]+/).filter((one) => one !== '').flatMap((one) => pieces(one, width))) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  if (current !== '' || lines.length === 0) lines.push(current);
  return lines;
}

/** Width of the labels at the left of a report. */
const LABEL = 11;

/** `label      text`, with the text in lines beside the label. */
export const labelled = (label: string, text: string): string => wrapped(text, WIDTH - LABEL)
  .map((one, i) => `${(i === 0 ? label : '').padEnd(LABEL - 1)} ${one}`).join('\n');

/** `label      command`, on one line however long it is, so that it can be pasted. */
export const labelledCommand = (label: string, command: string): string => `${label.padEnd(LABEL - 1)} ${command}`;

/** The same as `labelled` for a list, whose members are not broken. */
export const labelledList = (label: string, members: readonly string[]): string =>
  labelled(label, members.map((one) => one.replaceAll(' ', '\u2007')).join(', ')).replaceAll('\u2007', ' ');

/** Rows of names and what they mean. */
export function table(rows: readonly (readonly [string, string])[], indent = '  '): string {
  const left = Math.min(28, Math.max(...rows.map(([name]) => name.length)) + 2);
  return rows.map(([name, text]) => {
    const lines = wrapped(text, WIDTH - indent.length - left);
    const head = name.length + 1 < left ? `${indent}${name.padEnd(left)}${lines.shift()!}` : `${indent}${name}`;
    return [head, ...lines.map((one) => `${indent}${' '.repeat(left)}${one}`)].join('\n');
  }).join('\n');
}

/** 1,234,567 whatever the locale. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 step`, `1,234 steps`. */
export const counted = (n: number, what: string): string => `${grouped(n)} ${what}${n === 1 ? '' : 's'}`;
