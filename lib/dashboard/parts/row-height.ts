import { useClient } from '../frame/client-side.ts';

/** The height of a row in pixels, by the density that the user chose; the tokens have the same. */
export function useRowHeight(): number {
  return useClient().density === 'compact' ? 28 : 36;
}
