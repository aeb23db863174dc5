import type { ComponentChildren } from 'preact';
import type { PageFault } from '../server/page-state.ts';
import { useClient } from '../frame/client-side.ts';
import { Advice, Plain } from './plain.tsx';
import { Since } from './time.tsx';

/** What stands where nothing is: what would be here, why it is not, and the one command that fills it. */
export function Empty({
  title,
  why,
  command,
}: {
  readonly title: string;
  readonly why: ComponentChildren;
  readonly command?: string;
}) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <p>{why}</p>
      {command !== undefined && (
        <p>
          <code class="command">{command}</code>
        </p>
      )}
    </div>
  );
}

/** What stands where something failed: what happened, since when, what to do. */
export function Fault({ fault, at }: { readonly fault: PageFault; readonly at: number }) {
  const { reload } = useClient();
  return (
    <div class="fault" role="alert">
      <p class="empty-title">
        <Plain text={fault.message} />
      </p>
      {fault.hint && (
        <p>
          <Advice text={fault.hint} />
        </p>
      )}
      <p class="dim">
        <code>{fault.code}</code>, <Since at={at} /> ago
      </p>
      <p>
        <button type="button" class="button" onClick={reload}>
          Try again
        </button>
      </p>
    </div>
  );
}

/** What stands where something is still read: lines of the shape of what comes. Seen after 200 ms only. */
export function Skeleton({ lines }: { readonly lines: number }) {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => (
        <div class="skeleton-line" key={line} />
      ))}
    </div>
  );
}
