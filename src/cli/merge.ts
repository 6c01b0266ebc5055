// faultline merge: the parts that explorations with --shard have left, put together and read as one.

import { readFileSync } from 'node:fs';
import { mergeParts, readPart, resultOfPart, type Part } from '../explore/part.ts';
import { builtinScenario } from '../scenario/builtin/index.ts';
import { builtinKernel } from '../../machines/kernels/index.ts';
import { examples, type CommandDefinition } from './command.ts';
import { EXIT, isSystemError, systemProblem, UsageError } from './errors.ts';
import { coverageText } from './coverage-text.ts';
import { sampleCoverage, sampleLines, type Subject } from './explore-engines.ts';
import { caseOf } from './explore-case.ts';
import { StatusLine } from './explore-drive.ts';
import { findingsCode, findingText, smallest, whichOf } from './explore-findings.ts';
import { exploreWords, knownFindings } from './explore-options.ts';
import { Interruption } from './interruption.ts';
import { findKernel } from './kernels.ts';
import { COMMAND, counted, labelled, line, shellWord } from './output.ts';
import { REPORT_HELP, wantedReports, writeReports } from './reports.ts';
import { compiled } from './scenarios.ts';
import { loadScenario } from '../scenario/load.ts';
import * as api from '../index.ts';
import * as values from './values.ts';

interface Options { readonly kernel?: string; readonly scenario?: string; readonly known?: string; readonly json?: boolean; readonly coverage?: boolean; readonly report?: readonly string[] }

/** The command `merge`. */
export const merge: CommandDefinition = (program, done) => {
  program.command('merge')
    .description('put the parts of an exploration together')
    .argument('<parts...>', 'files that explore --shard has written with --out')
    .option('-k, --kernel <kernel>', 'the file of the kernel, where it is not a built-in one')
    .option('--scenario <scenario>', 'the file of the scenario, where it is not a built-in one')
    .option('--known <file>', 'findings in this file are notes, not findings')
    .option('--coverage', 'list states, outcomes and pairs of conflicting steps that were seen, and that were not')
    .option('--report <how>', REPORT_HELP, values.several)
    .option('--json', 'say the result as JSON')
    .addHelpText('after', examples('faultline merge part*.json', 'faultline merge part*.json --report junit=results.xml'))
    .action(async (files: readonly string[], options: Options) => {
      const interruption = new Interruption();
      try {
        done(await mergeFiles(files, options, interruption));
      } finally {
        interruption.forget();
      }
    });
};

async function mergeFiles(files: readonly string[], options: Options, interruption: Interruption): Promise<number> {
  const began = performance.now();
  const reports = wantedReports(options.report, options.json === true);
  const part = mergeParts(files.map((file) => ({ file, part: readPart(file, textOf(file)) })));
  const result = resultOfPart(part);
  // JSON has the sums as they are: what they are of need not be there, unless something else wants it.
  const subject = options.json === true && reports.length === 0 && options.known === undefined ? undefined : subjectOf(part, options);
  const say = async (...lines: readonly string[]): Promise<void> => { if (options.json !== true) for (const one of lines) await line(one); };
  await say(labelled('merged', `${counted(files.length, 'part')} of ${part.scenario} on kernel ${part.kernel}, strategy ${part.strategy}, seed ${part.seed}`), ...sampleLines(result, part.shards.length));
  const small = subject === undefined ? [] : await smallest(subject, result.findings, knownFindings(options.known), interruption, new StatusLine(options.json === true));
  if (subject !== undefined && reports.length > 0) await writeReports(reports, [caseOf(subject, { inconclusive: result.inconclusive, ended: interruption.asked ? 'interrupted' : 'done' }, small, given(part, options, began))]);
  if (options.json === true) {
    const code = codeOf(findingsCode(subject === undefined ? result.findings.map((finding) => ({ finding, known: undefined })) : small), result.inconclusive);
    await line(JSON.stringify({ ...result, exitCode: code }, null, 2));
    return code;
  }
  for (const [k, one] of small.entries()) await say('', ...findingText(subject!, one, [], undefined, whichOf(small, k)).split('\n'));
  if (options.coverage === true) await say('', ...coverageText(sampleCoverage(result)));
  const code = codeOf(findingsCode(small), result.inconclusive);
  await say('', labelled('result', code === EXIT.HELD ? 'held: nothing was found in any part' : code === EXIT.INCONCLUSIVE ? 'INCONCLUSIVE: nothing was found, which says little'
    : `FOUND: ${small.filter(({ known }) => known === undefined).map(({ finding }) => `${finding.id} (${finding.kind})`).join(', ')}`));
  if (code === EXIT.INCONCLUSIVE) await say(...result.inconclusive.map((one) => labelled('', `inconclusive: ${one}`)));
  return code;
}

/** What a report says of the whole: the command is that of all parts in one. */
function given({ scenario, kernel, strategy, seed, schedules, parameters }: Part, options: Options, began: number): Parameters<typeof caseOf>[3] {
  const name = options.scenario ?? scenario;
  const { bound, preemptions = -1, depth } = parameters;
  const words = exploreWords({
    kernel: options.kernel ?? kernel, strategy, seed, schedules, order: 'dfs', symmetry: true,
    ...(bound === undefined ? {} : { bound }), ...(preemptions < 0 ? {} : { preemptions }), ...(depth === undefined || !/^(?:pct|portfolio)$/.test(strategy) ? {} : { depth }),
  });
  return { name, strategy, seconds: (performance.now() - began) / 1000, command: `${COMMAND} explore ${shellWord(name)}${words}` };
}

const codeOf = (found: number, inconclusive: readonly string[]): number => (found !== EXIT.HELD ? found : inconclusive.length > 0 ? EXIT.INCONCLUSIVE : EXIT.HELD);

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw isSystemError(error) ? new UsageError(`part ${file}: ${systemProblem(error)}`) : error;
  }
}

/** What the parts are of: built in, or as the options name it. */
function subjectOf({ kernel: kernelName, fingerprint, scenario: scenarioName }: { readonly kernel: string; readonly fingerprint: string; readonly scenario: string }, { kernel: kernelFile, scenario: scenarioFile }: Options): Subject {
  if (kernelFile === undefined && builtinKernel(kernelName) === undefined) throw new UsageError(`the parts are of kernel '${kernelName}', which is not built in; name its file with --kernel`);
  const kernel = findKernel(kernelFile ?? kernelName);
  if (kernel.fingerprint !== fingerprint) throw new UsageError(`the parts were made with other sources of kernel '${kernelName}' (${fingerprint}, here ${kernel.fingerprint}); merge them with those, or explore again`);
  if (scenarioFile === undefined && builtinScenario(scenarioName) === undefined) throw new UsageError(`the parts are of scenario '${scenarioName}', which is not built in; name its file with --scenario`);
  const from = scenarioFile ?? scenarioName;
  const { scenario, topology } = compiled(loadScenario(from, { modules: { faultline: api } }), from, kernel.kernel);
  return { kernel, scenario, topology };
}
