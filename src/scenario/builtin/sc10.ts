// The zap of several pages gives mmu_lock away to a fault that waits for it.

import { await_, createGmem, notify, punch, read, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC10 = scenario({
  name: 'SC10',
  title: 'a zap that yields',
  shows: 'A zap that lets a waiting fault pass has flushed what it has zapped so far, and the fault retries on pages of its range.',
  about: ['S-01', 'S-02'],
  vms: [{ vcpus: [{ program: [write(0, 1), notify('warm'), write(1, 2), read(0)] }] }],
  setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), setAttributes(0, 2, 'private')],
  threads: [{ name: 'main', program: [await_('warm'), punch('A', 0, 2)] }],
});
