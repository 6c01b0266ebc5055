// A compact picture of a scenario's actors: who asks whom.

import type { Topology } from '../scenario/topology.ts';
import { counted, grouped, labelledList, WIDTH } from './output.ts';

/** Lines of a picture at most; of a larger scenario it is the first ones. */
const MOST = 40, FIRST = 12;

/** Lines of the picture. */
export function picture({ actors }: Topology): string[] {
  const rows: [string, string, string][] = [];
  const shown = new Set<string>();
  const show = (name: string): string => { shown.add(name); return name; };
  actors.forEach(({ name, machine }, i) => {
    if (!machine.startsWith('vmm') || name === 'setup') return;
    const own = actors.filter((one) => one.caller === i + 1 && one.name !== name);
    const vcpus = own.filter((one) => one.machine === 'vcpu');
    const operations = own.filter((one) => one.machine.endsWith('-op'));
    show(name);
    for (const vcpu of vcpus) {
      const irq = actors.filter((one) => one.machine === 'hardware' && one.vcpu === vcpu.vcpu).map((one) => show(one.name));
      rows.push([name, '--KVM_RUN--->', `${show(vcpu.name)}${irq.length === 0 ? '' : ` <--interrupts-- ${irq.join(', ')}`}`]);
    }
    if (operations.length > 0 || vcpus.length === 0) rows.push([name, '--syscalls-->', operations.map((one) => show(one.name)).join(', ') || 'none']);
  });
  const rest = actors.filter(({ name, caller }) => !shown.has(name) && name !== 'setup' && actors[caller - 1]?.name !== 'setup').map(({ name }) => name);
  const left = Math.max(...rows.map(([name]) => name.length), 0);
  const lines = rows.map(([from, arrow, to]) => `  ${from.padEnd(left)} ${arrow} ${to}`);
  const commanded = actors.flatMap(({ machine }, i) => (machine.endsWith('-commanded') ? [actors[i]!.name] : []));
  if (commanded.length > 0) lines.push(`  ${'outside'.padEnd(left)} --commands--> ${commanded.join(', ')}`);
  if (rest.length > 0) lines.push(`  beside them: ${rest.join(', ')}`);
  if (lines.length > MOST) lines.splice(FIRST, lines.length, ...crowd(actors, lines.length - FIRST));
  return lines.map((one) => (one.length > WIDTH ? `${one.slice(0, WIDTH - 1)}~` : one));
}

/** What stands for the lines that a picture leaves out. */
function crowd(actors: Topology['actors'], left: number): string[] {
  const kinds = new Map<string, number>();
  for (const { machine } of actors) kinds.set(machine, (kinds.get(machine) ?? 0) + 1);
  const all = [`${grouped(actors.length)} actors in all`, ...[...kinds].map(([machine, count]) => `${machine} ${grouped(count)}`)];
  return [`  … and ${counted(left, 'line')} more like these`, ...labelledList('', all).split('\n').map((one) => `  ${one.trimStart()}`)];
}
