import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useClient } from '../frame/client-side.ts';
import { Icon } from './icon.tsx';

/**
 * What is shown beside the page, under a URL of its own. Closing it leads to `closeHref`; the focus goes into it, stays there,
 * and returns to where it was.
 */
export function Drawer({
  title,
  closeHref,
  children,
}: {
  readonly title: ComponentChildren;
  readonly closeHref: string;
  readonly children: ComponentChildren;
}) {
  const { navigate } = useClient();
  const room = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    room.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected)
        before.focus({ preventScroll: true });
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      navigate(closeHref);
    }
    if (event.key === 'Tab') keepWithin(event, room.current);
  };
  return (
    <div
      class="drawer"
      role="dialog"
      aria-modal="true"
      aria-labelledby="drawer-title"
      tabIndex={-1}
      ref={room}
      onKeyDown={onKeyDown}
    >
      <header class="drawer-head">
        <h2 id="drawer-title">{title}</h2>
        <a class="icon-button" href={closeHref} aria-label="Close" data-close>
          <Icon name="close" />
        </a>
      </header>
      <div class="drawer-body">{children}</div>
    </div>
  );
}

// --- internal ---

const FOCUSABLE =
  'a[href], button:not([disabled]), input, select, textarea, summary, [tabindex="0"]';

/** Keeps the focus within a dialog. */
export function keepWithin(event: KeyboardEvent, room: HTMLElement | null): void {
  const places = [...(room?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].filter(
    (place) => place.offsetParent !== null,
  );
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last) return;
  const at = document.activeElement;
  const isOut = at === room || !room?.contains(at);
  if (event.shiftKey ? at === first || isOut : at === last) {
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}
