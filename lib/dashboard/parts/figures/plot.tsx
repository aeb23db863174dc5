import { useEffect, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import type uPlot from 'uplot';

/** One line, or row of bars, of a plot. */
export interface Series {
  readonly label: string;
  /** The custom property with its colour: `--fail-border`. */
  readonly colour: string;
  readonly kind: 'bars' | 'line';
  /** One for each name of the plot; null leaves a gap. */
  readonly values: readonly (number | null)[];
}

/**
 * A plot over names such as days. What draws it is loaded when it is seen, and its table is one click away: the table says the
 * same, and is all that is there without a script.
 */
export function Plot({
  title,
  names,
  series,
  text,
  children,
}: {
  /** What it shows, as a heading. */
  readonly title: string;
  readonly names: readonly string[];
  readonly series: readonly Series[];
  /** A value as people read it. */
  readonly text: (value: number) => string;
  /** Its table. */
  readonly children: ComponentChildren;
}) {
  const room = useRef<HTMLDivElement>(null);
  const said = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (!room.current) return;
    return drawn(room.current, said.current, { names, series, text });
  }, [names, series, text]);
  return (
    <figure class="plot">
      <figcaption class="plot-head">
        <h2>{title}</h2>
        <ul class="legend" aria-hidden="true">
          {series.map(({ label, colour }) => (
            <li key={label}>
              <svg width="10" height="10">
                <rect width="10" height="10" rx="2" fill={`var(${colour})`} />
              </svg>
              {label}
            </li>
          ))}
        </ul>
      </figcaption>
      <div class="plot-room" ref={room} aria-hidden="true" />
      <p class="plot-said dim" ref={said} aria-hidden="true" />
      <details class="plot-table">
        <summary>Table</summary>
        {children}
      </details>
    </figure>
  );
}

// --- internal ---

type Shown = Pick<Parameters<typeof Plot>[0], 'names' | 'series' | 'text'>;

const HEIGHT = 172;

/** Draws it, and again when its room or the colours change; returns what ends that. */
function drawn(room: HTMLElement, said: HTMLElement | null, shown: Shown): () => void {
  let plot: uPlot | undefined;
  let isOver = false;
  const draw = async () => {
    const { default: Drawing } = await import('uplot');
    if (isOver) return;
    plot?.destroy();
    const width = room.clientWidth;
    plot = new Drawing(optionsOf(Drawing, room, said, shown), dataOf(shown), room);
    plot.setSize({ width, height: HEIGHT });
  };
  const sizes = new ResizeObserver(() => {
    if (plot && room.clientWidth !== plot.width) {
      plot.setSize({ width: room.clientWidth, height: HEIGHT });
    }
  });
  sizes.observe(room);
  const redraw = () => void draw();
  const themes = new MutationObserver(redraw);
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', redraw);
  redraw();
  return () => {
    isOver = true;
    sizes.disconnect();
    themes.disconnect();
    system.removeEventListener('change', redraw);
    plot?.destroy();
  };
}

function dataOf({ names, series }: Shown): uPlot.AlignedData {
  return [names.map((_, at) => at), ...series.map(({ values }) => [...values])];
}

function optionsOf(
  Drawing: typeof uPlot,
  room: HTMLElement,
  said: HTMLElement | null,
  { names, series, text }: Shown,
): uPlot.Options {
  const styles = getComputedStyle(room);
  const colour = (name: string) => styles.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--text-dim'),
    font: `12px ${styles.fontFamily}`,
    ticks: { show: false },
  };
  const bars = Drawing.paths.bars?.({ size: [0.7, 28], radius: 0.15 });
  return {
    width: room.clientWidth,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: [-0.5, names.length - 0.5] },
      y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.05 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 56,
        incrs: [1, 2, 3, 5, 7, 14, 30, 60, 90, 180, 365],
        values: (_plot, ticks) => ticks.map((at) => names[at]?.replace(/^\d{4}-/, '') ?? ''),
      },
      {
        ...axis,
        size: 56,
        grid: { stroke: colour('--border'), width: 1 },
        values: (_plot, ticks) => ticks.map(text),
      },
    ],
    series: [
      {},
      ...series.map(({ label, colour: name, kind }): uPlot.Series => ({
        label,
        stroke: colour(name),
        width: kind === 'bars' ? 0 : 2,
        points: { show: kind === 'line' && names.length < 40, size: 5 },
        ...(kind === 'bars' && { fill: colour(name), ...(bars && { paths: bars }) }),
      })),
    ],
    hooks: {
      setCursor: [
        ({ cursor: { idx } }) => {
          if (said) said.textContent = idx == null ? '' : saidOf(idx, { names, series, text });
        },
      ],
    },
  };
}

/** What stands where the pointer is. */
function saidOf(at: number, { names, series, text }: Shown): string {
  const values = series.map(({ label, values: of }) => {
    const value = of[at];
    return `${label} ${value === null || value === undefined ? '–' : text(value)}`;
  });
  return `${names[at] ?? ''}: ${values.join(', ')}`;
}
