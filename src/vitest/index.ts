// `faultline/vitest`: scenarios in a person's own tests. `await expectHolds(scenario, { kernel })`, or `await expect(scenario).toHoldOn(kernel)`.
// The only part of the package that needs Vitest.

import { expect } from 'vitest';
import type { Finding } from '../explore/finding.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Scenario } from '../scenario/types.ts';
import { exploreFor, type Explored } from './explored.ts';
import { doneText, failureText, inconclusiveText } from './failure.ts';
import { subjectOf, type ExploreOptions, type HoldsOptions, type Subject } from './options.ts';

export type { Explored } from './explored.ts';
export type { ExploreOptions, HoldsOptions } from './options.ts';

/** An exploration has found what it should not, or too little. Its message is the report. */
export class ExpectationError extends Error {
  override name = 'ExpectationError';
}

/** What an exploration comes to: news that fail a test, or that it says too little to pass one. */
async function judged(scenario: Scenario | string, { allow = [], inconclusive = 'fail', ...options }: HoldsOptions): Promise<{ subject: Subject; explored: Explored; news: readonly Finding[]; little: boolean }> {
  const subject = subjectOf(scenario, options.kernel);
  const explored = await exploreFor(subject, options);
  const news = explored.findings.filter(({ id }) => !allow.includes(id));
  return { subject, explored, news, little: news.length === 0 && explored.inconclusive.length > 0 && inconclusive === 'fail' };
}

/**
 * Explores a scenario (or a built-in one by its name, or a file) and throws an ExpectationError when it breaks anything that is not allowed,
 * with the finding's report; or when the exploration says too little. Give the test twice the time of `seconds`.
 */
export async function expectHolds(scenario: Scenario | string, options: HoldsOptions = {}): Promise<Explored> {
  const { subject, explored, news, little } = await judged(scenario, options);
  if (news.length > 0) throw new ExpectationError(await failureText(subject, news, options));
  if (little) throw new ExpectationError(inconclusiveText(subject, explored));
  return explored;
}

/** Explores a scenario until it breaks one of these properties; throws an ExpectationError when it breaks none of them. */
export async function expectBreaks(scenario: Scenario | string, ids: string | readonly string[], options: ExploreOptions = {}): Promise<Finding> {
  const { found, message } = await breaking(scenario, ids, options);
  if (found === undefined) throw new ExpectationError(message());
  return found;
}

async function breaking(scenario: Scenario | string, ids: string | readonly string[], options: ExploreOptions): Promise<{ subject: Subject; explored: Explored; found: Finding | undefined; message: () => string }> {
  const wanted = typeof ids === 'string' ? [ids] : ids;
  const subject = subjectOf(scenario, options.kernel);
  const isWanted = ({ id }: Finding): boolean => wanted.includes(id);
  const explored = await exploreFor(subject, options, (findings) => findings.some(isWanted));
  const others = [...new Set(explored.findings.map(({ id }) => id))].join(', ') || 'nothing';
  return {
    subject, explored, found: explored.findings.find(isWanted),
    message: () => [`${subject.scenario.name} does not break ${wanted.join(' or ')} on ${subject.kernel.kernel.name}; found ${doneText(explored)}: ${others}`, ...explored.inconclusive.map((one) => `  ${one}`)].join('\n'),
  };
}

expect.extend({
  async toHoldOn(scenario: Scenario | string, kernel?: Kernel | string, options: Omit<HoldsOptions, 'kernel'> = {}) {
    const all = { ...options, kernel };
    const { subject, explored, news, little } = await judged(scenario, all);
    // Neither that it holds nor that it does not.
    if (little) throw new ExpectationError(inconclusiveText(subject, explored));
    const text = news.length > 0 ? await failureText(subject, news, all) : `${subject.scenario.name} holds on ${subject.kernel.kernel.name}, ${doneText(explored)}`;
    return { pass: news.length === 0, message: () => text };
  },
  async toBreak(scenario: Scenario | string, ids: string | readonly string[], options: ExploreOptions = {}) {
    const { subject, explored, found, message } = await breaking(scenario, ids, options);
    if (found === undefined && explored.inconclusive.length > 0 && this.isNot) throw new ExpectationError(inconclusiveText(subject, explored));
    const text = found === undefined ? message() : this.isNot ? await failureText(subject, [found], options) : '';
    return { pass: found !== undefined, message: () => text };
  },
});

declare module 'vitest' {
  interface Matchers<T = any> {
    /** Explores the scenario on a kernel (v6.8 when left out): nothing may break but what is allowed. To be awaited. */
    toHoldOn(kernel?: Kernel | string, options?: Omit<HoldsOptions, 'kernel'>): Promise<void>;
    /** Explores the scenario until it breaks one of these properties. To be awaited. */
    toBreak(ids: string | readonly string[], options?: ExploreOptions): Promise<void>;
  }
}
