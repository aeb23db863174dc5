import type { ComponentChildren } from 'preact';

/** A small table: the first column is of words, the others are of numbers. */
export function NumberRows({
  caption,
  titles,
  rows,
}: {
  readonly caption: string;
  readonly titles: readonly ComponentChildren[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}) {
  if (rows.length === 0) return <p class="dim">None yet.</p>;
  return (
    <div class="table-room">
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {titles.map((title, at) => (
              <th scope="col" class={at === 0 ? 'wide' : 'num right'} key={at}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, at) => (
                <td class={at === 0 ? 'wide' : 'num right'} key={at}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
