// Everything that has a name, and what can be said of it. A name may mean several things; each is an entry.

import { everyKernel, kernels } from '../../machines/kernels/index.ts';
import type { State } from '../../machines/fragment.ts';
import { evaluatedWhen } from '../check/invariant.ts';
import { invariants } from '../check/invariants/index.ts';
import { properties } from '../check/properties.ts';
import { mendedIn } from '../explore/bugs/bug.ts';
import type { Kernel } from '../kernel/define.ts';
import type { LeafInfo } from '../kernel/table.ts';
import { outcome } from '../memory/outcome.ts';
import { fits } from '../runtime/fits.ts';
import { builtinScenario, builtinScenarios } from '../scenario/builtin/index.ts';
import { compile } from '../scenario/compile.ts';
import { ERRNO_NUMBERS } from '../steps/errno.ts';
import { ERRNO_TEXT } from './errnos.ts';
import { mendedText } from './known.ts';
import { counted, table, WIDTH, wrapped } from './output.ts';
import { picture } from './picture.ts';

export interface Entry {
  readonly kind: string;
  readonly name: string;
  /** Paragraphs, lines broken already. */
  text(): string[];
}

const paragraph = (text: string): string => wrapped(text, WIDTH - 2).map((one) => `  ${one}`).join('\n');
const rows = (title: string, list: readonly (readonly [string, string])[]): string[] => (list.length === 0 ? [] : [`  ${title}\n${table(list, '    ')}`]);
const most = <T>(list: readonly T[], count: number): { head: readonly T[]; more: number } => ({ head: list.slice(0, count), more: Math.max(0, list.length - count) });

/** All entries, of a kernel's states and steps those of `kernel`. */
export function catalog(kernel: Kernel): Entry[] {
  const { leaves } = kernel.table;
  const outcomes = [...new Set(leaves.flatMap((leaf) => leaf.outcomes))];
  const steps = [...new Set(leaves.filter((leaf) => !leaf.final).map((leaf) => leaf.step))];
  return [
    ...builtinScenarios.map(({ name }) => scenarioEntry(name, kernel)),
    ...[...new Set([...everyKernel, kernel])].map(kernelEntry),
    ...[...new Set(kernels.flatMap(({ bugs }) => bugs.map(({ id }) => id)))].map(bugEntry),
    ...kernels.flatMap(unshownEntries),
    ...invariants.map((invariant) => ({ ...invariant, when: evaluatedWhen(invariant) })).map(({ id, title, statement, when }) => ({
      kind: 'invariant', name: id,
      text: () => [
        paragraph(`${title}. ${statement}`),
        paragraph(`Evaluated ${when}.`),
        ...rows('Scenarios about it', builtinScenarios.filter(({ about }) => about?.includes(id)).map((one) => [one.name, one.title ?? ''])),
      ],
    })),
    ...properties.filter(({ id }) => !invariants.some((one) => one.id === id)).map(({ id, title, statement, decided }) => ({
      kind: 'property', name: id,
      text: () => [
        paragraph(`${title}. ${statement}`), paragraph(decided),
        ...rows('Scenarios about it', builtinScenarios.filter(({ about }) => about?.includes(id)).map((one) => [one.name, one.title ?? ''])),
      ],
    })),
    ...steps.map((name) => stepEntry(name, leaves)),
    ...[...kernel.fragments.values()].map((one) => ({
      kind: 'fragment', name: one.name,
      text: () => [
        paragraph(one.description),
        ...rows('States', Object.entries(one.states).map(([name, state]) => [name, stateText(state)])),
        ...rows('Used by', [...kernel.fragments.values()].flatMap((user) => Object.entries(user.states)
          .flatMap(([name, state]) => ('use' in state && state.use === one.name ? [[user.name, `in state ${name}`] as const] : [])))),
      ],
    })),
    ...leaves.map((leaf) => leafEntry(leaf, kernel)),
    ...kernel.machines.map(({ machine, root }) => ({
      kind: 'machine', name: machine, text: () => [paragraph(`${kernel.fragments.get(root)!.description}. Its root is the fragment ${root}.`)],
    })),
    ...kernel.calls.map((call) => ({
      kind: 'system call', name: call.name,
      text: () => [
        paragraph(`${call.description}. Carried out by the fragment ${call.fragment}.${call.recorded === true ? ' No operation of the scenario language: recordings of real kernels make it.' : ''}`),
        ...rows('Arguments', call.arguments.map(({ name, type, description }) => [`${name} (${type})`, description])),
        ...rows('Results', (call.results ?? []).map(({ name, type }) => [name, type === 'u64' ? 'two words' : 'a word'])),
      ],
    })),
    ...kernel.objects.map(({ name, per, fields, ghost }) => ({
      kind: 'object', name,
      text: () => [
        paragraph(`${per.length === 0 ? 'One object' : `One object for each ${per.join(' and ')}`}${ghost ? '; specification state, which no kernel code reads' : ''}.`),
        ...rows('Fields', Object.entries(fields).map(([field, spec]) => [field, fieldText(spec)])),
      ],
    })),
    ...Object.entries(ERRNO_NUMBERS).filter(([name]) => name !== 'ok').map(([name, number]) => ({
      kind: 'errno', name, text: () => [paragraph(`Number ${number}: ${ERRNO_TEXT[name] ?? 'no further text'}.`)],
    })),
    ...outcomes.map((name) => ({
      kind: 'outcome', name,
      text: () => {
        const answering = steps.filter((one) => leaves.some((leaf) => leaf.step === one && leaf.outcomes.includes(name)));
        const { head, more } = most(answering, 20);
        return [paragraph(`Answered by ${counted(answering.length, 'step')}: ${head.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`)];
      },
    })),
  ];
}

function scenarioEntry(name: string, kernel: Kernel): Entry {
  return {
    kind: 'scenario', name,
    text: () => {
      const scenario = builtinScenario(name)!;
      return [
        paragraph([scenario.title, scenario.shows].filter((one) => one !== undefined).join(': ')),
        ...(scenario.about === undefined ? [] : [paragraph(`About ${scenario.about.join(', ')}.`)]),
        fits(scenario, kernel) ? picture(compile(scenario, kernel)).join('\n') : paragraph(`It does not run on ${kernel.name}, which has not all that it needs.`),
      ];
    },
  };
}

const kernelEntry = (kernel: Kernel): Entry => ({
  kind: 'kernel', name: kernel.name,
  text: () => [
    paragraph(`${kernel.title}.${kernel.base === undefined ? '' : ` Derived from ${kernel.base}.`}`),
    ...rows('Its build', Object.entries(kernel.config).map(([key, value]) => [key, String(value)])),
    ...rows('Known bugs', kernel.bugs.map((bug) => [bug.id, `${bug.breaks} (scenario ${bug.scenario}, ${mendedText(mendedIn(kernel, bug)?.name)})`])),
  ],
});

function bugEntry(id: string): Entry {
  return {
    kind: 'known bug', name: id,
    text: () => {
      const having = kernels.filter(({ bugs }) => bugs.some((one) => one.id === id));
      const bug = having[0]!.bugs.find((one) => one.id === id)!;
      const { breaks, scenario, shownBy } = bug;
      return [
        paragraph(`${breaks}${/[.!?]$/.test(breaks) ? '' : '.'} Shown by ${shownBy.join(', ')} in scenario ${scenario}; ${mendedText(mendedIn(having[0]!, bug)?.name)}.`),
        paragraph(`Kernels that have it: ${having.map(({ name }) => name).join(', ')}.`),
      ];
    },
  };
}

const unshownEntries = ({ name, unshown }: Kernel): Entry[] => unshown.map(({ id, breaks, why }) => ({
  kind: 'known bug that cannot be shown', name: id, text: () => [paragraph(breaks), paragraph(`Of ${name}. ${why}`)],
}));

function stepEntry(name: string, leaves: readonly LeafInfo[]): Entry {
  return {
    kind: 'step', name,
    text: () => {
      const states = leaves.filter((leaf) => leaf.step === name);
      const { head, more } = most(states, 12);
      return [
        paragraph(`Stands for: ${[...new Set(states.map((leaf) => leaf.description))].join('; ')}.`),
        paragraph(`Outcomes: ${[...new Set(states.flatMap((leaf) => leaf.outcomes))].join(', ')}.`),
        ...rows('Executed in', head.map((leaf) => [leaf.machine, leaf.path])),
        ...(more > 0 ? [paragraph(`and ${counted(more, 'state')} more`)] : []),
      ];
    },
  };
}

function leafEntry(leaf: LeafInfo, kernel: Kernel): Entry {
  const { next, width } = kernel.table;
  return {
    kind: `state of machine ${leaf.machine}`, name: leaf.path,
    text: () => [
      paragraph(leaf.final ? 'Nothing more to do: the actor has ended.' : `Executes ${leaf.step}: ${leaf.description}.${leaf.outside === undefined ? '' : ` It waits for a ${leaf.outside} from outside.`}${leaf.idle ? ' Waiting here is rest.' : ''}`),
      ...rows('Leads on', leaf.outcomes.map((name) => [name, kernel.table.leaves[next[leaf.number * width + outcome(name)]!]?.path ?? 'nowhere'])),
      ...rows('Inside', leaf.within.filter(({ path }) => path !== '').map(({ fragment, path }) => [path, fragment])),
    ],
  };
}

function stateText(state: State): string {
  if ('use' in state) return `uses ${state.use}; ${Object.entries(state.exits).map(([exit, to]) => `${exit} -> ${to}`).join(', ')}`;
  if ('on' in state) return `${state.meta.step}; ${Object.entries(state.on).map(([answer, to]) => `${answer} -> ${to}`).join(', ')}`;
  return 'the end';
}

function fieldText(spec: Kernel['objects'][number]['fields'][string]): string {
  const parts = [
    spec.ref === undefined ? '' : `names ${/^[aeiou]/.test(spec.ref) ? 'an' : 'a'} ${spec.ref}`, spec.counter ? 'a count' : '', spec.bits === undefined ? '' : `a set of ${spec.bits}s`,
    spec.cells === undefined ? '' : `one word for each ${spec.cells}`, spec.monotone ? 'grows only' : '', spec.copyOf === undefined ? '' : `a copy of ${spec.copyOf}`,
    spec.names === undefined ? '' : spec.names.map((name, value) => `${value} ${name}`).join(', '),
  ].filter((one) => one !== '');
  return parts.join('; ') || 'a value';
}
