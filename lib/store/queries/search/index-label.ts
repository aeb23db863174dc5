import { createHash } from 'node:crypto';

/** What the index can be asked for beside texts: the language of code, and the tool that wrote or ran it. */
export interface Labelled {
  readonly language?: string | null | undefined;
  readonly tool?: string | null | undefined;
}

/**
 * For each thing that is named, a run of three characters that hardly any text has: it stands in the index before the texts
 * of an event, and is asked for together with the runs of a text. What it finds is checked, as all that the index finds.
 */
export function indexLabels(labelled: Labelled): string[] {
  return (['language', 'tool'] as const).flatMap((what) => {
    const name = labelled[what];
    return name ? [labelOf(`${what} ${name.toLowerCase()}`)] : [];
  });
}

// --- internal ---

/** Where Unicode leaves the characters to whoever uses them. */
const PRIVATE_USE = 0xe000;
const LABEL_CHARACTERS = 3;

function labelOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, LABEL_CHARACTERS);
  return String.fromCharCode(...Array.from(bytes, (byte) => PRIVATE_USE + byte));
}
