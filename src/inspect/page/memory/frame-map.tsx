// All page frames, a square each: a letter and a tint for what is in it, a border for what the step changed. The pages of a folio of several are one block.

import type { JSX } from 'preact';
import { folios, frameSentence, type FrameView, type frameViews } from './frames.ts';

/** What is written in a square; it has its whole sentence as its name. */
const LETTERS = { free: '', zero: '0', host: 'h', vm: 'v', poison: '✗' } as const;

interface Props { readonly frames: ReturnType<typeof frameViews>; readonly chosen: number; readonly choose: (pfn: number) => void }

/** The map. */
export function FrameMap({ frames: { count, free, shown }, chosen, choose }: Props): JSX.Element {
  const square = (one: FrameView): JSX.Element => <Square key={one.pfn} one={one} chosen={one.pfn === chosen} choose={choose} />;
  return (
    <section aria-label="Physical memory">
      <p class="dim">{count.toLocaleString('en')} page frames, {free.toLocaleString('en')} free{shown.length < count ? `; ${shown.length} are shown` : ''}</p>
      <div class="frames" role="group" aria-label="Page frames">
        {folios(shown).map((pages) => (pages[0]!.pages === 1 ? square(pages[0]!) : (
          <span key={pages[0]!.pfn} class="folio" role="group" aria-label={`Folio of ${pages[0]!.pages} pages at pfn ${pages[0]!.head}`} data-pages={pages[0]!.pages}>
            {pages.map(square)}
            <span class="folio-size">{pages[0]!.pages} pages</span>
          </span>
        )))}
      </div>
      <p class="dim">h host's, v a VM's, 0 zeroed, ✗ poisoned; below the references; underlined: locked; corner: pinned; framed together: one folio</p>
    </section>
  );
}

function Square({ one, chosen, choose }: { readonly one: FrameView; readonly chosen: boolean; readonly choose: (pfn: number) => void }): JSX.Element {
  const sentence = frameSentence(one);
  const className = `frame ${one.content}${one.changed ? ' changed' : ''}${one.locked === undefined ? '' : ' locked'}${one.pins.length > 0 ? ' pinned' : ''}`;
  return (
    <button type="button" class={className} aria-pressed={chosen} aria-label={sentence} title={sentence} data-pfn={one.pfn} data-refs={one.refcount === 0 ? '' : one.refcount} onClick={() => choose(one.pfn)}>
      <span data-letter={LETTERS[one.content]} />
    </button>
  );
}
