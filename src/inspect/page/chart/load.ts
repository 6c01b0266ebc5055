// Layouts of the kernels that the page draws, fetched once each.

import { useEffect, useState } from 'preact/hooks';
import type { Layouts } from '../../../export/machines/layout.ts';
import { layoutsFrom, type StoredLayouts } from '../../../export/machines/stored-layouts.ts';
import { layoutsOf } from '../source.ts';

const asked = new Map<string, Promise<Layouts>>();

/** None where there are none; a chart then says so. */
function layouts(kernel: string): Promise<Layouts> {
  let answer = asked.get(kernel);
  if (answer === undefined) {
    answer = layoutsOf(kernel).then((stored) => (stored === undefined ? new Map() : layoutsFrom(stored as StoredLayouts)), () => new Map());
    asked.set(kernel, answer);
  }
  return answer;
}

/** Layouts of a kernel, once they are there. */
export function useLayouts(kernel: string | undefined): Layouts | undefined {
  const [loaded, setLoaded] = useState<{ readonly kernel: string; readonly layouts: Layouts }>();
  useEffect(() => {
    if (kernel === undefined) return undefined;
    let wanted = true;
    void layouts(kernel).then((one) => { if (wanted) setLoaded({ kernel, layouts: one }); });
    return () => { wanted = false; };
  }, [kernel]);
  return loaded?.kernel === kernel ? loaded?.layouts : undefined;
}
