import { describe, expect, it } from 'vitest';
import { FIRST_RUNS } from '../../src/inspect/page/engine/first-runs.ts';
import { linkText, readLink, type Link } from '../../src/inspect/page/engine/link.ts';
import { openScenario, openScheduled } from '../../src/inspect/page/engine/open.ts';
import { holds, parseFilter } from '../../src/inspect/page/engine/search.ts';
import { Session } from '../../src/inspect/page/model.ts';

describe('an address', () => {
  it('comes back as it was written', () => {
    const links: readonly Link[] = [
      {}, { scenario: 'SC22', kernel: 'v6.8', seed: 3, steps: 20_000, at: 22 },
      { scenario: { name: 'a & b = c', list: [1, '#'] }, seed: 0, fork: 0, by: [{ actor: 'main.gmem', times: 3 }, { actor: 'hw:mf,1', times: 1, choice: 2 }, { comes: 0 }], hands: true, comes: [{ to: 'hand', do: [{ op: 'punch' }] }] },
      { at: 5, a: 1, b: 9, actor: 'gmem:1', filter: 'actor:hw -outcome:ok' },
    ];
    for (const link of links) expect(readLink(`#${linkText(link)}`)).toEqual(link);
  });

  it('is refused in a sentence', () => {
    expect(() => readLink('#at=1e9')).toThrow("the address has at=1e9, which is no number");
    expect(() => readLink('#by=main*x')).toThrow("the address has 'main*x' in its schedule, which is no step");
    expect(() => readLink('#in=%7B')).toThrow("the address has 'in', which is no JSON");
    expect(() => readLink('#kernel=%E0%A4%A')).toThrow("the address has 'kernel', which cannot be read");
  });
});

describe('a filter', () => {
  const one = { step: 120, actor: 'vcpu1', state: 'call.run.tlbMiss.fault.stale', name: 'fault.testStale', outcome: 'stale', mark: 1, choice: false, message: true, wait: false };
  const lets = (text: string): boolean => parseFilter(text).every((term) => holds(term, one));

  it('lets a step through when all its words are true of it', () => {
    for (const text of ['', 'actor:vcpu1', 'state:fault', 'step:120', 'step:100..200', 'step:120..', 'outcome:stale', 'mark:retry', 'mark:message', 'vcpu1 testStale', '-actor:vcpu0', '-mark:exit']) expect(lets(text), text).toBe(true);
    for (const text of ['actor:vcpu2', 'step:121..', 'step:x', 'outcome:stal', 'mark:exit', 'mark:wait', 'mark:choice', 'vcpu1 nowhere', '-actor:vcpu1']) expect(lets(text), text).toBe(false);
  });

  it('refuses keys that there are not, with those that there are', () => {
    expect(() => parseFilter('who:me')).toThrow(/^there is no 'who:' to filter by; there is actor: state: /);
  });
});

describe('runs to begin with', () => {
  const ends: readonly (readonly [title: RegExp, ending: string])[] = [
    [/nothing breaks/, 'finished'], [/race that was found/, 'S-11'], [/made small/, 'S-11'], [/deadlock/, 'deadlock'], [/conversion/, 'finished'], [/Stress/, 'steps'],
  ];

  it.each(FIRST_RUNS.map((run, k) => [run.title, run, ends[k]!] as const))('%s', async (title, { link: text }, [named, ending]) => {
    expect(title).toMatch(named);
    const { scenario, kernel, seed, steps, fork, by, at } = readLink(text);
    const session = new Session(fork === 0 ? openScheduled({ scenario: scenario as string, kernel, seed }, (one) => one) : await openScenario({ scenario: scenario as string, kernel, seed, steps }));
    if (by !== undefined) session.take(by);
    while (session.work(() => 0, 1));
    expect(session.ending()?.id ?? session.ending()?.why).toBe(ending);
    // The one that was made small ends where it breaks, and changes from one actor to another less often than the one that was found.
    if (by !== undefined) expect([session.length, session.ending()!.step]).toEqual([at, at]);
  });
});
