import { Advice } from '../plain.tsx';

/** Why something needs a look, a sentence each, as `pattern-tracker health` says it. */
export function Reasons({ reasons }: { readonly reasons: readonly string[] }) {
  if (reasons.length === 0) return <p class="dim">Nothing needs a look.</p>;
  return (
    <ul class="reasons">
      {reasons.map((reason) => (
        <li key={reason}>
          <Advice text={reason} />
        </li>
      ))}
    </ul>
  );
}
