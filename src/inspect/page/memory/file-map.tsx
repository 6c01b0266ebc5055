// The pages of each file, in the order of the file: private or shared, the page frame behind it, who has it mapped or pinned; those of a folio of several as
// one block with its size.

import type { JSX } from 'preact';
import { pageSentence, type FilePage, type FileView } from './file-pages.ts';

/** `ask`: a page without a page frame was pressed, which has no life of its own to show: its steps are asked for by its index. */
interface Props { readonly files: readonly FileView[]; readonly chosen: number; readonly choose: (pfn: number) => void; readonly ask: (index: string) => void }

/** The map; nothing where there is no file. */
export function FileMap({ files, chosen, choose, ask }: Props): JSX.Element | null {
  if (files.length === 0) return null;
  return (
    <section aria-label="Pages of files">
      {files.map(({ inode, pages, blocks, more }) => (
        <div key={inode} class="file-pages" role="group" aria-label={`Pages of inode ${inode}`}>
          <span class="dim file-name">inode {inode}, {pages.toLocaleString('en')} {pages === 1 ? 'page' : 'pages'}{more > 0 ? `; ${(pages - more).toLocaleString('en')} are shown` : ''}</span>
          {blocks.map((block) => {
            const size = block[0]!.frame?.pages ?? 1;
            return size === 1 ? block.map((page) => <Page key={page.index} inode={inode} page={page} chosen={chosen} choose={choose} ask={ask} />) : (
              <span key={block[0]!.index} class="folio" role="group" aria-label={`Folio of ${size} pages behind page ${block[0]!.index} of inode ${inode}`} data-pages={size}>
                {block.map((page) => <Page key={page.index} inode={inode} page={page} chosen={chosen} choose={choose} ask={ask} />)}
                <span class="folio-size">{size} pages</span>
              </span>
            );
          })}
        </div>
      ))}
      <p class="dim">private filled, shared striped; g mapped by guests, h by the host, p pinned; dotted: no page frame</p>
    </section>
  );
}

/** What is written below the number of a page: who has it. The whole sentence is its name. */
function marksOf({ frame }: FilePage): string {
  if (frame === undefined) return '';
  const many = (letter: string, count: number): string => (count === 0 ? '' : count === 1 ? letter : `${letter}${count}`);
  return [many('g', frame.guest), many('h', frame.host), many('p', frame.pins.length)].filter((one) => one !== '').join(' ');
}

function Page({ inode, page, chosen, choose, ask }: { readonly inode: number; readonly page: FilePage } & Omit<Props, 'files'>): JSX.Element {
  const { index, privacy, converting, frame, changed } = page;
  const sentence = pageSentence(inode, page);
  const className = `file-page ${privacy ?? 'unsaid'}${frame === undefined ? ' empty' : ''}${changed ? ' changed' : ''}${converting.length > 0 ? ' converting' : ''}`;
  return (
    <button type="button" class={className} aria-pressed={frame !== undefined && frame.pfn === chosen} aria-label={sentence} title={`${sentence}: ${frame === undefined ? 'the steps that touched it' : 'its life'}`} onClick={() => { if (frame === undefined) ask(index); else choose(frame.pfn); }}>
      <span data-text={`${index}${frame === undefined ? '' : ` · pfn ${frame.pfn}`}`} />
      <span data-text={`${privacy ?? '–'}${converting.length > 0 ? ' …' : ''}`} />
      <span class="file-marks" data-text={marksOf(page) || '\u00a0'} />
    </button>
  );
}
