import { counted } from '../../../base/amount-text.ts';
import type { WeekHour } from '../../../store/queries/statistics/week-hours.ts';

/** When Claude works: a square an hour of the week, darker the more calls ended in it. */
export function WeekMap({ hours }: { readonly hours: readonly WeekHour[] }) {
  const most = Math.max(1, ...hours.map(({ calls }) => calls));
  return (
    <div class="week-map">
      <svg
        viewBox={`0 0 ${LEFT + 24 * STEP} ${TOP + 7 * STEP}`}
        aria-hidden="true"
        focusable="false"
      >
        {[0, 6, 12, 18].map((hour) => (
          <text x={LEFT + hour * STEP} y={TOP - 6} key={hour}>
            {`${hour}`.padStart(2, '0')}:00
          </text>
        ))}
        {DAYS.map((day, weekday) => (
          <text x="0" y={TOP + weekday * STEP + 14} key={day}>
            {day}
          </text>
        ))}
        {Array.from({ length: 7 * 24 }, (_, cell) => (
          <Cell hours={hours} most={most} cell={cell} key={cell} />
        ))}
      </svg>
      <details class="unfold">
        <summary>Table</summary>
        <div class="table-room">
          <table class="table">
            <caption class="unseen">Calls by day of the week and hour</caption>
            <thead>
              <tr>
                <th scope="col">Day</th>
                <th scope="col">Hour</th>
                <th scope="col" class="num right">
                  Calls
                </th>
              </tr>
            </thead>
            <tbody>
              {hours.map(({ weekday, hour, calls }) => (
                <tr key={`${weekday}-${hour}`}>
                  <td>{DAYS[weekday]}</td>
                  <td class="num">{`${hour}`.padStart(2, '0')}:00</td>
                  <td class="num right">{calls.toLocaleString('en-US')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </div>
  );
}

// --- internal ---

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const STEP = 20;
const LEFT = 36;
const TOP = 20;

function Cell({
  hours,
  most,
  cell,
}: {
  readonly hours: readonly WeekHour[];
  readonly most: number;
  readonly cell: number;
}) {
  const [weekday, hour] = [Math.floor(cell / 24), cell % 24];
  const calls = hours.find((of) => of.weekday === weekday && of.hour === hour)?.calls ?? 0;
  // The root, so that one busy hour does not make all others look empty.
  const share = Math.sqrt(calls / most);
  return (
    <rect
      x={LEFT + hour * STEP}
      y={TOP + weekday * STEP}
      width={STEP - 3}
      height={STEP - 3}
      rx="3"
      fill={calls === 0 ? 'var(--grey-3)' : 'var(--claude-border)'}
      fill-opacity={calls === 0 ? 1 : 0.2 + 0.8 * share}
    >
      <title>{`${DAYS[weekday]} ${`${hour}`.padStart(2, '0')}:00: ${counted(calls, 'call')}`}</title>
    </rect>
  );
}
