// faultline explore: every interleaving of a scenario where that fits, an honest sample of them elsewhere.

import { writeFileSync } from 'node:fs';
import { DEFAULT_KERNEL } from '../../machines/kernels/index.ts';
import { partOf } from '../explore/part.ts';
import { withVcpus } from '../scenario/with-vcpus.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { examples, note, type CommandDefinition } from './command.ts';
import { coverageText } from './coverage-text.ts';
import { mayReplace, mayWrite } from './destination.ts';
import { EXIT } from './errors.ts';
import { StatusLine } from './explore-drive.ts';
import { caseOf } from './explore-case.ts';
import { carryOut } from './explore-carry-out.ts';
import type { Explored, Subject } from './explore-engines.ts';
import { findingsCode, findingText, keepTrace, replayCommand, smallest, whichOf, type Small } from './explore-findings.ts';
import { checkExplore, declareExploreOptions, DEFAULTS, exploreWords, knownFindings, type ExploreArguments } from './explore-options.ts';
import { Interruption } from './interruption.ts';
import { blamingKernel, findKernel } from './kernels.ts';
import { onMemory } from './memory-order.ts';
import { COMMAND, counted, labelled, labelledCommand, line, shellWord, write } from './output.ts';
import { wantedReports, writeReports } from './reports.ts';
import { defaultScenario, findScenario } from './scenarios.ts';
import { LAST_TRACE } from './traces.ts';

/** The command `explore`. */
export const explore: CommandDefinition = (program, done) => {
  declareExploreOptions(program.command('explore')
    .description('search every interleaving of a scenario, or an honest sample of them')
    .argument('[scenario]', 'name of a scenario, or a file: .json, .ts, .js', defaultScenario()))
    .addHelpText('after', note('Green is earned: 5, inconclusive, when bounds cut the exploration or a property that the scenario is about was never exercised.'))
    .addHelpText('after', examples('faultline explore SC01', 'faultline explore SC22 --kernel v6.8', 'faultline explore stress-small --strategy pct --depth 3 --schedules 100000 --jobs 2',
      'faultline explore SC05 --kernel ./my-patch.ts --out bug.trace', 'faultline explore SC16 --strategy random --schedules 50000 --shard 3/16 --out part3.json',
      'faultline explore SC15 --states 20000 --checkpoint sc15.search', 'faultline explore SC15 --resume sc15.search --jobs 2', 'faultline explore SC03 --memory weak'))
    .action(async (scenario: string, given: ExploreArguments) => {
      const interruption = new Interruption();
      try {
        done(await exploreScenario(scenario, onMemory(given), interruption));
      } finally {
        interruption.forget();
      }
    });
};

async function exploreScenario(name: string, given: ExploreArguments, interruption: Interruption): Promise<number> {
  checkExplore(given);
  const kernel = findKernel(given.kernel ?? DEFAULT_KERNEL);
  const { vcpus } = given;
  const { scenario, topology } = findScenario(name, kernel.kernel, vcpus === undefined ? undefined : (found) => withVcpus(found, vcpus, kernel.kernel.calls));
  const known = knownFindings(given.known);
  if (given.out !== undefined) mayWrite('--out', given.out, given.force === true);
  const reports = wantedReports(given.report, given.json === true);
  if (given.checkpoint !== undefined) mayReplace('--checkpoint', given.checkpoint, given.force === true || given.checkpoint === given.resume);
  const subject: Subject = { kernel, scenario, topology };
  const kept = given.resume === undefined ? undefined : readCheckpoint(given.resume, subject);
  const began = performance.now();
  const status = new StatusLine(given.json === true);
  const say = async (...lines: readonly string[]): Promise<void> => { if (given.json !== true) for (const one of lines) await line(one); };
  await say(labelled('scenario', `${scenario.name}${scenario.title === undefined ? '' : `: ${scenario.title}`}`), labelled('kernel', `${kernel.kernel.name}: ${kernel.kernel.title}`));
  const explored = await blamingKernel(kernel, () => carryOut(subject, given, kept, interruption, status, say));
  if (given.shard !== undefined) return keepPart(subject, explored, given, name);
  await say(...explored.lines);
  const small = await blamingKernel(kernel, () => smallest(subject, explored.findings, known, interruption, status));
  const code = await report(subject, explored, small, given, name, say);
  if (reports.length > 0) {
    const command = `${COMMAND} explore ${shellWord(name)}${exploreWords(given)}`;
    await writeReports(reports, [caseOf(subject, explored, small, { name, strategy: given.strategy, seconds: (performance.now() - began) / 1000, command })]);
  }
  return code;
}

/** A shard's sums go into its file; what they mean is said when all are together. */
async function keepPart({ kernel, topology, scenario }: Subject, explored: Explored, given: ExploreArguments, name: string): Promise<number> {
  writeFileSync(given.out!, `${JSON.stringify(partOf(explored.totals!, kernel.kernel, topology, scenario.name, kernel.text?.text), null, 1)}\n`);
  if (given.json === true) await line(JSON.stringify({ scenario: name, part: given.out, shard: given.shard, ...explored.json }, null, 2));
  else {
    for (const one of explored.lines) await line(one);
    await line(labelled('part', `${given.shard!.index + 1} of ${given.shard!.of} is in ${given.out}, with ${counted(explored.findings.length, 'finding')} so far`));
    await line();
    await line(labelledCommand('next', `${COMMAND} merge PART...`));
  }
  return explored.ended === 'interrupted' ? EXIT.INTERRUPTED : EXIT.HELD;
}

/** Says what was found; answers the exit code. */
async function report(subject: Subject, explored: Explored, small: readonly Small[], given: ExploreArguments, name: string, say: (...lines: readonly string[]) => Promise<void>): Promise<number> {
  const news = small.filter(({ known }) => known === undefined);
  const [worst] = [...news, ...small];
  const made = given.out === undefined;
  const files = worst === undefined ? undefined : keepTrace(subject, worst, given.out ?? LAST_TRACE, made);
  const [file] = files ?? [];
  const again = `${COMMAND} explore ${shellWord(name)}${exploreWords(given)}`;
  const code = explored.ended === 'interrupted' ? EXIT.INTERRUPTED : news.length > 0 ? findingsCode(small) : explored.inconclusive.length > 0 ? EXIT.INCONCLUSIVE : EXIT.HELD;
  if (given.json === true) {
    await line(JSON.stringify({
      scenario: subject.scenario.name, kernel: subject.kernel.kernel.name, fingerprint: subject.kernel.fingerprint, ...explored.json, ...(given.coverage === true ? { coverage: explored.coverage } : {}), exitCode: code, inconclusive: explored.inconclusive,
      findings: small.map(({ finding, shrunk, edges, hash, known }) => ({
        kind: finding.kind, id: finding.id, sentence: finding.sentence, key: finding.key, known: known !== undefined, hash,
        found: { steps: finding.schedule.length }, shrunk: shrunk === undefined ? null : { ...shrunk.after, schedule: shrunk.schedule },
        ...(edges.length === 0 ? {} : { edges: edges.map((edge) => ({ key: edge.broken.key, sentence: edge.broken.sentence, ...edge.after, schedule: edge.schedule })) }),
      })), trace: file ?? null, ...(files === undefined || files.length < 2 ? {} : { traces: files }),
    }, null, 2));
    return code;
  }
  for (const [k, one] of small.entries()) {
    const commands = [...(one === worst && files !== undefined ? files.map((name, k) => replayCommand(name, made && k === 0)) : []), again];
    await say('', ...findingText(subject, one, commands, avoidableText(subject, explored, one), whichOf(small, k)).split('\n'));
  }
  if (given.coverage === true) await say('', ...coverageText(explored.coverage));
  await say('', ...verdict(subject, explored, small, news), '');
  if (file !== undefined) await write(`${labelled('trace', `${file}: the ${small.length > 1 ? 'worst finding' : 'finding'}, shrunk`)}\n`);
  const further = explored.checkpoint !== undefined ? `${COMMAND} explore ${shellWord(name)}${exploreWords(given)} --resume ${shellWord(explored.checkpoint)}`
    : (explored.totals === undefined || explored.totals.strategy === 'dpor') && !explored.complete ? `${COMMAND} explore ${shellWord(name)}${exploreWords(given)} --seconds ${10 * (given.seconds ?? DEFAULTS.seconds)}`
    : explored.complete ? `${COMMAND} list scenarios` : `${COMMAND} explore ${shellWord(name)}${exploreWords({ ...given, seed: given.seed + 1 })}`;
  await say(labelledCommand('next', files === undefined ? further : `${COMMAND} show${made ? '' : ` ${shellWord(given.out!)}`}`));
  return code;
}

/** From which step on the failure could not be avoided any more. */
function avoidableText({ topology }: Subject, { avoidable }: Explored, { finding: { schedule }, finding }: Small): string | undefined {
  const point = avoidable?.(finding);
  if (point === undefined) return undefined;
  if (point.step < 0) return labelled('', 'Point of no return: there is none; whatever anybody does, it comes to this.');
  const { actor } = schedule[point.step]!;
  return labelled('', `Point of no return: as it was found, in ${counted(schedule.length, 'step')}, it could be avoided until step ${point.step + 1}, of ${topology.actors[actor - 1]!.name}${point.step + 1 === schedule.length ? ', the last' : ''}.`);
}

function verdict({ kernel: { kernel } }: Subject, { complete, inconclusive, ended }: Explored, small: readonly Small[], news: readonly Small[]): string[] {
  const known = small.length - news.length;
  const also = known === 0 ? '' : `; ${counted(known, 'known finding')} besides`;
  const but = inconclusive.map((one) => labelled('', `inconclusive: ${one}`));
  if (news.length > 0) return [labelled('result', `FOUND: ${news.map(({ finding }) => `${finding.id} (${finding.kind})`).join(', ')}${also}`), ...(ended === 'interrupted' ? but : [])];
  if (ended === 'interrupted') return [labelled('result', `interrupted; until then nothing was found${also}`)];
  if (inconclusive.length > 0) return [labelled('result', `INCONCLUSIVE: nothing was found${also}, which says little`), ...but];
  return [labelled('result', `held: ${complete ? 'in every interleaving' : 'in all schedules that were tried'} kernel ${kernel.name} broke nothing that was checked${also}`)];
}
