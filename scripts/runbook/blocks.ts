import { InvariantError } from '../../lib/base/errors.ts';
import type { Block, Section } from './block.ts';
import type { SeedBlock } from './seed.ts';

/** A block with its place. */
export interface PlacedBlock {
  /** Counts from 1, as in the runbook that this one comes from. */
  readonly number: number;
  readonly section: Section;
  readonly block: Block;
}

/**
 * Every block, in its order, each the counterpart of the one at its place in the runbook that this one comes from.
 *
 * @throws InvariantError when one has no counterpart
 */
export function placedBlocks(
  sections: readonly Section[],
  seed: readonly SeedBlock[],
): PlacedBlock[] {
  const blocks = sections.flatMap((section) => section.blocks.map((block) => ({ section, block })));
  const places = Array.from({ length: Math.max(blocks.length, seed.length) }, (_, at) => at);
  return places.map((at) => {
    const [ours, theirs] = [blocks[at], seed[at]];
    const isSame =
      ours?.block.step === theirs?.step && theirs?.titles.includes(ours?.section.title ?? '');
    if (ours && isSame) return { number: at + 1, ...ours };
    const theirPlace = theirs ? `"${theirs.titles.join(' / ')}: ${theirs.step}"` : 'nothing';
    const ourPlace = ours ? `"${ours.section.title}: ${ours.block.step}"` : 'nothing';
    throw new InvariantError(
      `block ${at + 1} of the runbook is ${theirPlace}, and ours is ${ourPlace}`,
    );
  });
}
