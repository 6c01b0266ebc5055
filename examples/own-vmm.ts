// A VMM of one's own: what happens on each exit of the guest is decided here, in TypeScript, while the run goes on. The guest asks for a
// shared page; then a page that it has written is lost to a memory error; the VMM punches the page out and lets the guest try again.

import {
  await_, commanded, convert, createGmem, memoryError, notify, of, openRun, punch, read, recordTrace, scenario, setAttributes, slot, spareVcpu, write,
} from 'faultline';

const machine = scenario({
  name: 'own-vmm', memory: [{ name: 'ram', pages: 2 }],
  vms: [{
    vcpus: [
      { program: [write(0, 7), convert(1, 1, 'shared'), write(1, 8), await_('struck'), read(0)], policy: 'ask' },
      spareVcpu('convert'),
    ],
  }],
  setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A', memory: 'ram' }), setAttributes(0, 2, 'private')],
  threads: [commanded('main')], hardware: [commanded('hw')],
});

const run = openRun(machine, { kernel: 'v6.8-fixed', seed: 7, inject$: of({ to: 'vcpu1', do: [read(1)] }) });
const trace = recordTrace(run);
const [cpu, main, hw] = [run.actor('cpu0'), run.actor('main'), run.actor('hw')];

/** What was said, in the order in which it was. */
export const said: string[] = [];
const say = (text: string): void => { said.push(text); };

cpu.outbox.subscribe(({ message, content }) => {
  if (message !== 'exit') return;
  say(`exit ${content['reason']}, errno ${content['errno']}, page ${content['gfn']}`);
  if (content['reason'] === 'HYPERCALL') {
    cpu.inbox.next({ decision: 'convert' });
    hw.inbox.next({ do: [memoryError({ fd: 'A', page: 0 }), notify('struck')] });
  } else if (content['errno'] === 'EHWPOISON') main.inbox.next({ do: [punch('A', 0, 1, 'ok')] });
  else cpu.inbox.next({ decision: 'stop' });
});
main.outbox.subscribe(({ message }) => {
  if (message !== 'done') return;
  say('page 0 is punched out');
  cpu.inbox.next({ decision: 'retry' });
  // Nothing more will be said: the run may end when nobody can go on.
  for (const { inbox } of [cpu, main, hw]) inbox.complete();
});

const result = await run.start();
say(`${result.why}, ${result.violation?.id ?? 'nothing'} broken`);
console.log(said.join('\n'));

/** The bytes of its trace: `faultline replay` takes them. */
export const bytes = trace(result);
