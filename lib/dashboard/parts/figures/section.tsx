import type { ComponentChildren } from 'preact';

/** A part of a page under a heading of its own. */
export function Section({
  title,
  note,
  children,
}: {
  readonly title: string;
  /** Stands beside the heading. @default nothing */
  readonly note?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="section">
      <div class="section-head">
        <h2>{title}</h2>
        {note !== undefined && <div class="section-note dim">{note}</div>}
      </div>
      {children}
    </section>
  );
}
