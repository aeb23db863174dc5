import {
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  windowScroll,
} from '@tanstack/virtual-core';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import { useClient } from '../frame/client-side.ts';

/** The rows that are drawn, and the height of those before and after them, in pixels. */
export interface WindowRows {
  readonly from: number;
  /** The first that is not drawn. */
  readonly to: number;
  readonly before: number;
  readonly after: number;
  /** Brings a row into view. */
  readonly show: (index: number) => void;
}

/** More rows are drawn in part. */
export const MOST_DRAWN = 200;

/**
 * Which of many rows are drawn: all up to 200, else those that the window shows, and some around them.
 *
 * @param height that of a row, in pixels
 * @param list the element that holds them
 */
export function useWindowRows(
  count: number,
  height: (index: number) => number,
  list: RefObject<HTMLElement | null>,
): WindowRows {
  const { isStatic } = useClient();
  const isPart = count > MOST_DRAWN && !isStatic;
  const [part, setPart] = useState<Omit<WindowRows, 'show'>>();
  // As a state it would be held by its successor, whose functions see all that this call sees, and so on.
  const virtualizer = useRef<Virtualizer<Window, Element>>(undefined);
  useLayoutEffect(() => {
    if (!isPart || !list.current) return setPart(undefined);
    const top = list.current.getBoundingClientRect().top + window.scrollY;
    const read = (instance: Virtualizer<Window, Element>) => {
      const items = instance.getVirtualItems();
      const [first, last] = [items[0], items.at(-1)];
      if (!first || !last) return;
      setPart({
        from: first.index,
        to: last.index + 1,
        before: first.start - top,
        after: instance.getTotalSize() - (last.end - top),
      });
    };
    const made = new Virtualizer<Window, Element>({
      count,
      estimateSize: height,
      getScrollElement: () => window,
      observeElementOffset: observeWindowOffset,
      observeElementRect: observeWindowRect,
      scrollToFn: windowScroll,
      scrollMargin: top,
      overscan: 20,
      initialOffset: () => window.scrollY,
      onChange: read,
    });
    virtualizer.current = made;
    const unmount = made._didMount();
    made._willUpdate();
    read(made);
    return unmount;
  }, [isPart, count, height, list]);
  const show = (index: number) => virtualizer.current?.scrollToIndex(index, { align: 'auto' });
  if (!isPart) return { from: 0, to: count, before: 0, after: 0, show };
  return { ...(part ?? { from: 0, to: MOST_DRAWN, before: 0, after: 0 }), show };
}
