// A stand-alone C program that does what the scenario does on a real /dev/kvm, again and again: what one does next with a prediction. What a
// run adds is the window: calls that were under way when it ended get delays before them.

import type { Scenario } from '../scenario/types.ts';
import { cProgram } from './c/program.ts';
import { fixedParts } from './c/sources.ts';
import { Window } from './c/window.ts';
import type { TraceFooter } from '../trace/header.ts';
import type { Exporter } from './exporter.ts';

/** How the run ended, behind `which`. */
function endingOf(footer: TraceFooter | undefined): string {
  if (footer === undefined) return 'was followed to the last step that was asked for';
  const broken = footer.violation ?? footer.finding;
  if (broken !== undefined) return `broke ${broken.id} in step ${footer.steps}: ${broken.sentence.replace(/\.$/, '')}`;
  return footer.why === 'deadlock' ? `came to a deadlock behind step ${footer.steps}` : `was followed to step ${footer.steps} and broke nothing`;
}

export const c: Exporter = {
  name: 'c',
  extension: '.c',
  description: "a C program that does the scenario's calls on a real /dev/kvm, with delays where the run's end needs them",
  fromStart: true,
  refuses: ({ scenario }) => ('recording' in scenario ? 'is the trace of a recorded case, which no scenario says; format c writes scenarios' : undefined),
  open({ kernel: name, scenario: written }, actors, run) {
    const scenario = written as unknown as Scenario;
    const vcpus = scenario.vms.flatMap(({ vcpus: own = [] }) => own).map((_one, i) => `cpu${i}`);
    const threads = [...vcpus, ...[...(scenario.threads ?? []), ...(scenario.hardware ?? [])].map((one) => one.name)];
    const calls = new Window(threads.filter((one) => actors.some((actor) => actor.name === one)));
    return {
      header: () => '',
      step(event) {
        calls.step(event);
        return '';
      },
      end(footer) {
        const broken = footer?.violation ?? footer?.finding;
        const stuck = footer?.why === 'deadlock';
        const window = broken === undefined && !stuck ? [] : calls.calls();
        return cProgram(scenario, run!.kernel, { kernel: name, ending: endingOf(footer), window }, fixedParts());
      },
    };
  },
};
