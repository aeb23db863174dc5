import { PAGES } from '../pages/page-list.ts';

/** What keys lead to. */
export interface KeyTargets {
  readonly navigate: (url: string) => void;
  readonly switchTheme: () => void;
  readonly switchDensity: () => void;
  readonly showKeys: (isShown: boolean) => void;
}

/** After `g`, the next key is waited for so long, in milliseconds. */
const CHORD_MS = 1_500;

/** Listens to the keys that all pages have; `frame/key-list.ts` names them. */
export function listenToKeys(targets: KeyTargets): void {
  let chordUntil = 0;
  document.addEventListener('keydown', (event) => {
    const { key, target } = event;
    if (event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === 'k') {
      event.preventDefault();
      return focusSearch();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target instanceof HTMLElement && isTyping(target)) {
      if (key === 'Escape') target.blur();
      return;
    }
    if (document.querySelector('dialog[open]')) return;
    if (Date.now() < chordUntil) {
      chordUntil = 0;
      const page = PAGES.find(({ rail }) => rail?.key === key);
      if (page) {
        event.preventDefault();
        return targets.navigate(page.path);
      }
    }
    const act = {
      '/': focusSearch,
      g: () => void (chordUntil = Date.now() + CHORD_MS),
      j: () => moveRow(1),
      k: () => moveRow(-1),
      f: () => document.querySelector<HTMLElement>('[data-filter]')?.focus(),
      t: targets.switchTheme,
      d: targets.switchDensity,
      '?': () => targets.showKeys(true),
      Escape: () => document.querySelector<HTMLElement>('[data-close]')?.click(),
    }[key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

// --- internal ---

function isTyping({ tagName, isContentEditable }: HTMLElement): boolean {
  return /^(?:INPUT|TEXTAREA|SELECT)$/.test(tagName) || isContentEditable;
}

function focusSearch(): void {
  const box = document.querySelector<HTMLInputElement>('[data-search]');
  box?.focus();
  box?.select();
}

/** Focuses the link of the next row or the one before: of an open drawer's page, its row is where it goes on. */
function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const here = at === -1 ? rows.findIndex((row) => row.matches('.is-open')) : at;
  const next = rows[here === -1 ? (step === 1 ? 0 : rows.length - 1) : here + step];
  const place = next?.matches('a, [tabindex]') ? next : next?.querySelector<HTMLElement>('a[href]');
  place?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
