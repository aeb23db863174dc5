import { useEffect, useRef } from 'preact/hooks';
import { KEYS } from './key-list.ts';
import { useClient } from './client-side.ts';

/** All keys, over the page. */
export function KeyOverlay() {
  const { showKeys } = useClient();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal(); // the browser keeps the focus in it
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog class="keys" ref={dialog} aria-labelledby="keys-title" onClose={() => showKeys(false)}>
      <h2 id="keys-title">Keys</h2>
      <dl>
        {KEYS.map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
