// How far a run is: the block is drawn in place, whatever the terminal; elsewhere there are plain lines.

import { afterEach, expect, test, vi } from 'vitest';
import { StatusLine } from '../../src/cli/explore-drive.ts';
import { Block, progressBlock, progressLine, showSearch, type Progress } from '../../src/cli/progress.ts';
import type { SeedSearch } from '../../src/runtime/seed-search.ts';
import { withoutProgress } from '../support/command.ts';

const metrics = { steps: 0, faultsFixed: 1234, faultsRetried: 56, faultsExited: 7, staleFaults: 1, conversions: 1, conversionsRefused: 0, splits: 0, merges: 0, punches: 2, memoryErrors: 3, lockWaits: 4 };
const progress: Progress = { steps: 12_345_678, seconds: 10, left: 4.2, workers: [512_345, 498_000], metrics };

/** A terminal as far as the block needs one: rows, a cursor, three escapes. */
class Terminal {
  readonly isTTY = true;
  readonly rows: string[] = [''];
  private row = 0;
  readonly columns: number;
  constructor(columns = 80) {
    this.columns = columns;
  }
  write(text: string): void {
    for (const [part] of text.replaceAll('\x1b[', '§').matchAll(/§\d*[AKJ]|\r|\n|[^§\r\n]+/g)) {
      const [, count, escape] = /^§(\d*)([AKJ])$/.exec(part) ?? [];
      if (escape === 'A') this.row -= Number(count);
      else if (escape === 'J') this.rows.splice(this.row, Infinity, '');
      else if (escape === 'K') continue;
      else if (part === '\n') {
        this.row++;
        this.rows[this.row] ??= '';
      } else if (part !== '\r') this.rows[this.row] = part;
    }
  }
}

afterEach(() => { vi.useRealTimers(); vi.unstubAllEnvs(); });

test('a terminal that calls itself dumb gets lines, and no escapes', () => {
  vi.stubEnv('TERM', 'dumb');
  vi.useFakeTimers({ toFake: ['performance'] });
  const written: string[] = [];
  const line = new StatusLine(false, { isTTY: true, write: (text: string) => written.push(text) });
  line.show(['1 state']);
  vi.advanceTimersByTime(60_000);
  line.show(['2 states']);
  line.clear();
  expect(written).toEqual(['faultline: 2 states\n']);
});

test('the block', () => {
  expect(progressBlock(progress)).toEqual([
    'running    12,345,678 steps, 1,234,568 a second, at most 5 s to go',
    'a second   worker 0 512k, worker 1 498k',
    'faults     1,234 fixed, 56 tried again, 7 left to userspace',
    'events     1 conversion, 2 punches, 3 memory errors',
    'findings   none so far; Ctrl-C ends the run',
  ]);
});

test('the block of rounds', () => {
  expect(progressBlock({ steps: 1, seconds: 0, left: Infinity, round: 17, rounds: 10_000, workers: [950, 1500] })).toEqual([
    'running    1 step, 0 a second, round 17 of at most 10,000',
    'a second   worker 0 950, worker 1 1.5k',
    'findings   none so far; Ctrl-C ends the run',
  ]);
});

test('has at most eight lines of at most 78 columns, with sixteen workers and large numbers too', () => {
  const large = 987_654_321;
  const lines = progressBlock({ steps: large, seconds: 1, left: 86_400, workers: Array.from({ length: 16 }, () => 999_499), metrics: Object.fromEntries(Object.keys(metrics).map((key) => [key, large])) as unknown as typeof metrics });
  expect(lines.length).toBeLessThanOrEqual(8);
  expect(Math.max(...lines.map((one) => one.length))).toBeLessThanOrEqual(78);
});

test('is drawn over the one before, however long that was, and taken away at the end', () => {
  const terminal = new Terminal();
  terminal.write('what stood there\n');
  const block = new Block(terminal);
  for (const lines of [['a', 'b', 'c'], ['d'], ['e', 'f']]) {
    block.draw(lines);
    expect(terminal.rows).toEqual(['what stood there', ...lines, '']);
  }
  block.clear();
  expect(terminal.rows).toEqual(['what stood there', '']);
});

test('is cut where the terminal is narrow, so that no line becomes two', () => {
  const terminal = new Terminal(20);
  new Block(terminal).draw(progressBlock(progress));
  expect(terminal.rows.every((row) => row.length < 20)).toBe(true);
});

const search = { allSteps: 1000, rounds: 3 } as SeedSearch;

test('on a terminal it comes twice a second', () => {
  vi.useFakeTimers();
  const terminal = new Terminal();
  const hide = showSearch(search, 100, undefined, { quiet: false, screen: terminal });
  vi.advanceTimersByTime(1000);
  expect(terminal.rows).toEqual(['running    1,000 steps, 1,000 a second, round 3 of at most 100', 'findings   none so far; Ctrl-C ends the run', '']);
  hide();
  expect(terminal.rows).toEqual(['']);
});

test('elsewhere a line comes after ten seconds and every five, and none where quiet', () => {
  vi.useFakeTimers();
  const written: string[] = [];
  const screen = { write: (text: string) => written.push(text) };
  const hide = showSearch(search, 100, 20, { quiet: false, screen });
  showSearch(search, 100, 20, { quiet: true, screen });
  vi.advanceTimersByTime(9999);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(5001);
  expect(written).toEqual([10, 15].map((seconds) => `${progressLine({ steps: 1000, seconds, left: 20 - seconds, round: 3, rounds: 100 })}\n`));
  hide();
  vi.advanceTimersByTime(100_000);
  expect(written.length).toBe(2);
});

test('of an exploration: states, rate, frontier, how much of what is expected, findings; a block on a terminal, elsewhere a line now and then', async () => {
  vi.useFakeTimers();
  const parts = ['12,345 distinct states', 'of some 40,000 (30 %)', '61,234 steps', '4,115 states a second', 'frontier 214', '3 MB', '1 found so far', 'at most 57 s to go'];
  const terminal = new Terminal();
  const status = new StatusLine(false, terminal);
  status.show(parts);
  expect(terminal.rows).toEqual([
    'exploring  12,345 distinct states, of some 40,000 (30 %), 61,234 steps,', '           4,115 states a second, frontier 214, 3 MB, 1 found so far,',
    '           at most 57 s to go, Ctrl-C ends it', '',
  ]);
  status.clear();
  expect(terminal.rows).toEqual(['']);
  const written: string[] = [];
  const screen = { write: (text: string) => written.push(text) };
  const plain = new StatusLine(false, screen);
  const quiet = new StatusLine(true, screen);
  for (let ms = 0; ms < 16_000; ms += 500) {
    plain.show(parts);
    quiet.show(parts);
    vi.advanceTimersByTime(500);
  }
  expect(written).toEqual([`faultline: ${parts.join(', ')}\n`, `faultline: ${parts.join(', ')}\n`]);
});

test('tests of commands know these lines from what else may stand on standard error', () => {
  const lines = [
    progressLine(progress), progressLine({ steps: 1, seconds: 10, left: Infinity, round: 3, rounds: 100 }), 'faultline: 12,345 distinct states, of some 40,000 (30 %), 61,234 steps',
    'faultline: 1,234 of 100,000 schedules, 9 steps, 12 schedules a second', 'faultline: 123 schedules for lock order and data races, at most 4 s to go', 'faultline: shrinking 1 of 2, part 1: 30 steps, 4 context switches',
    'faultline: SC01, 3 of 20', 'faultline: G4-B1 of v6.8, exhaustive: 1,234 states', 'faultline: M02, pct: 12 schedules, at most 20 s to go', 'faultline: M02, EQ8; 1 of 30 are done',
    'faultline: 3 cases of 10, 12 steps', 'faultline: 12 scenarios, 1 known bug, 0 news, 2 jobs',
  ];
  expect(withoutProgress(lines.map((line) => `${line}\n`).join(''))).toBe('');
  const others = "faultline: cannot write full.trace: the disk is full\nfaultline: ./throws.ts:4: not written yet\nfaultline: port 4000 is taken; this is the next one that is free\n";
  expect(withoutProgress(others)).toBe(others);
});
