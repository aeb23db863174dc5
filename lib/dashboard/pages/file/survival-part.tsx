import { counted } from '../../../base/amount-text.ts';
import type { Survival } from '../../../blame/survival/survival-groups.ts';
import { ShareBar, shareOf } from '../../parts/recorded/share-bar.tsx';
import { Empty } from '../../parts/states.tsx';

/** What became of the lines that Claude wrote to the file, wherever in the project they are now. */
export function SurvivalPart({ survival }: { readonly survival: Survival }) {
  const { written, stands, byClaude, byOthers, gone, unknown } = survival;
  if (written + unknown === 0) {
    return (
      <Empty
        title="Claude wrote no line of its own here"
        why="What a call moves, copies or formats is not counted."
      />
    );
  }
  const rows = [
    ['claude', 'stand, here or elsewhere in the project', stands],
    ['reworked', 'Claude replaced', byClaude],
    ['others', 'others replaced', byOthers],
    ['gone', 'are gone, with nothing in their place', gone],
  ] as const;
  return (
    <div class="survival">
      <p>
        Of <strong class="num">{counted(written, 'line')}</strong> that Claude wrote here,{' '}
        <strong class="num">{shareOf(stands, written)}</strong> still stand.
      </p>
      <ShareBar parts={rows.map(([is, , lines]) => ({ is, lines }))} of={written} />
      <dl class="survival-rows">
        {rows.map(([is, words, lines]) => (
          <div key={is} class={`legend-${is}`}>
            <dt class="num">{lines.toLocaleString('en-US')}</dt>
            <dd>{words}</dd>
          </div>
        ))}
        {unknown > 0 && (
          <div class="legend-unknown">
            <dt class="num">{unknown.toLocaleString('en-US')}</dt>
            <dd>more of which it is not known</dd>
          </div>
        )}
      </dl>
    </div>
  );
}
