// The gallery of known bugs, as tables for BUGS_FOUND.md: made from the kernels' lists and what it takes to find each, so that it is never older
// than these. scripts/bugs-found.mjs writes it.

import { kernels } from '../../../machines/kernels/index.ts';
import { builtinScenario } from '../../scenario/builtin/index.ts';
import type { Kernel, KnownBug } from '../../kernel/define.ts';
import { kernelsWith, mendedIn } from './bug.ts';
import { measured, type BugLook } from './measure.ts';

/** The kernel whose bugs stand first. */
export const TODAY = 'mainline';

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const heading = (...cells: readonly string[]): string[] => [row(...cells), row(...cells.map(() => '---'))];
const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
/** Orders of locks and races are of schedules, which a search over states has not. */
const ofSchedules = ({ shownBy }: KnownBug): boolean => shownBy.every((id) => id === 'S-17' || id === 'data-race');
const effort = (bug: KnownBug, { way, foundBy, effort: many }: BugLook): string =>
  (foundBy !== null ? grouped(many) : way === 'exhaustive' && ofSchedules(bug) ? 'of schedules' : `not in ${grouped(many)}`);

/** `` `npx --no faultline bugs G4-B3` ``, in another kernel than the oldest with --kernel. */
const command = (kernel: Kernel, { id }: KnownBug): string => `\`npx --no faultline bugs ${id}${kernelsWith(id)[0] === kernel ? '' : ` --kernel ${kernel.name}`}\``;

function mended(kernel: Kernel, bug: KnownBug): string {
  const name = mendedIn(kernel, bug)?.name;
  return name === undefined ? 'nowhere' : name.endsWith('-fixed') ? `no release; \`${name}\`` : `\`${name}\``;
}

/** What the newest kernel is known to break. */
export function todayTable(): string {
  const kernel = kernels.find(({ name }) => name === TODAY)!;
  return [
    ...heading('bug', 'what breaks', 'since', 'scenario', 'shown by', 'command'),
    ...kernel.bugs.map((bug) => row(bug.id, bug.breaks, `\`${kernelsWith(bug.id)[0]!.name}\``, bug.scenario, bug.shownBy.join(', '), command(kernel, bug))),
  ].join('\n');
}

/** Every bug, with the oldest kernel that has it; those that cannot be shown behind them. */
export function gallery(): string {
  const parts = kernels.flatMap((kernel) => {
    const own = kernel.bugs.filter(({ id }) => kernelsWith(id)[0] === kernel);
    const shown = own.map((bug) => {
      const looks = measured(kernel, bug, builtinScenario(bug.scenario)!);
      return row(bug.id, bug.breaks, bug.scenario, bug.shownBy.join(', '), ...looks.map((look) => effort(bug, look)), mended(kernel, bug), command(kernel, bug));
    });
    return [
      ...(own.length + kernel.unshown.length === 0 ? [] : [`### ${kernel.name}: ${kernel.title}`, '']),
      ...(own.length === 0 ? [] : [...heading('bug', 'what breaks', 'scenario', 'shown by', 'states', 'schedules', 'mended in', 'command'), ...shown, '']),
      ...(kernel.unshown.length === 0 ? [] : ['Known, and not shown here:', '', ...heading('bug', 'what breaks', 'why nothing shows it'), ...kernel.unshown.map(({ id, breaks, why }) => row(id, breaks, why)), '']),
    ];
  });
  return parts.join('\n').trimEnd();
}
