import type { ComponentChildren } from 'preact';

/** One number that stands out, with what it is and what belongs to it. */
export interface Figure {
  readonly name: string;
  readonly value: ComponentChildren;
  /** A line below it. @default none */
  readonly note?: ComponentChildren;
}

/** Some numbers beside each other. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl class="figures">
      {figures.map(({ name, value, note }) => (
        <div class="figure" key={name}>
          <dt>{name}</dt>
          <dd class="figure-value num">{value}</dd>
          {note !== undefined && <dd class="figure-note">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
