import { Presets, SingleBar } from 'cli-progress';
import type { CliEnvironment } from '../environment.ts';
import { StepLine } from './step-line.ts';

/** Shows how many pages of a file are done. */
export interface PageProgress {
  readonly update: (pages: number, total: number) => void;
  readonly end: () => void;
}

/** A bar over the pages of a file, on standard error and only on a terminal; none if `cli` is undefined. */
export function pageProgress(cli: CliEnvironment | undefined): PageProgress {
  if (!cli?.isTTY) return { update: () => {}, end: () => {} };
  let bar: SingleBar | undefined;
  return {
    update: (pages, total) => {
      if (!bar) {
        bar = new SingleBar(
          {
            format: '{bar} {percentage} %, {eta_formatted} left',
            hideCursor: true,
            clearOnComplete: true,
          },
          Presets.shades_classic,
        );
        bar.start(total, 0);
      }
      bar.setTotal(total);
      bar.update(pages);
    },
    end: () => bar?.stop(),
  };
}

/** The steps of a check, in one line on standard error and only on a terminal; none if `cli` is undefined. */
export function checkSteps(cli: CliEnvironment | undefined): Pick<StepLine, 'show' | 'end'> {
  if (!cli?.isTTY) return { show: () => {}, end: () => {} };
  const line = new StepLine(cli);
  return { show: (step) => line.show(step), end: () => line.end() };
}
