/** Whether everything is tried, and not a part of it. */
export const isDeep = process.env['TEST_DEPTH'] === 'deep';

/** How often to try something random or killed: `usual` times in `npm test`, `deep` times in `npm run test:deep`. */
export function times(usual: number, deep: number): number {
  return isDeep ? deep : usual;
}
