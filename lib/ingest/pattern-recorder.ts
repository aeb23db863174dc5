import type { Config } from '../config/config.ts';
import type { Fragment } from '../pattern/fragment.ts';
import { patternId } from '../pattern/identify.ts';
import { notebookSources } from '../pattern/notebook.ts';
import type { OccurrenceOrigin } from '../pattern/recorded-fragment.ts';
import { applyEdit, chooseParent } from '../pattern/replacement.ts';
import type { Database } from '../store/database/database.ts';
import { LiveFragments, MAX_LIVE_TEXT } from '../store/writers/live-fragments.ts';
import type { PatternWriter } from '../store/writers/pattern-writer.ts';
import type { PatternFeed } from '../delivery/sink.ts';

/** How fragments are recorded. */
export interface PatternRecorderOptions {
  /** How a pattern's id is made. */
  readonly scheme: Config['patterns']['id_scheme'];
  /** Where everything that is recorded is put into the sinks' outboxes too. */
  readonly feed: PatternFeed | undefined;
  /** Takes the secrets out of a text that was put together from redacted ones. */
  readonly clean: (text: string) => string;
}

/** Turns the fragments of one tool call into patterns, occurrences and lineage. */
export class PatternRecorder {
  readonly #patterns: PatternWriter;
  readonly #live: LiveFragments;
  readonly #scheme: Config['patterns']['id_scheme'];
  readonly #feed: PatternFeed | undefined;
  readonly #clean: (text: string) => string;

  constructor(
    database: Database,
    patterns: PatternWriter,
    { scheme, feed, clean }: PatternRecorderOptions,
  ) {
    this.#patterns = patterns;
    this.#live = new LiveFragments(database);
    this.#scheme = scheme;
    this.#feed = feed;
    this.#clean = clean;
  }

  record(fragments: readonly Fragment[], origin: OccurrenceOrigin): void {
    let previous: { fragment: Fragment; replacedId: string | undefined } | undefined;
    for (const [ordinal, fragment] of fragments.entries()) {
      const id = this.#idOf(fragment);
      // With replace_all, one edit has several places; they share the pattern it replaced.
      const again = previous && isSameWrite(previous.fragment, fragment);
      const everywhere = !again && isSameWrite(fragment, fragments[ordinal + 1]);
      const replacedId = again ? previous?.replacedId : this.#replace(fragment, id, everywhere);
      const identified = { ...fragment, patternId: id, replacedId };
      const recorded = this.#patterns.write(identified, ordinal, origin);
      this.#feed?.add(recorded, ordinal, origin);
      previous = { fragment, replacedId };
    }
  }

  #idOf({ code, filePath, calledPath = filePath }: Fragment): string {
    return patternId(
      code,
      this.#scheme === 'path200'
        ? { scheme: 'path200', filePath: calledPath }
        : { scheme: 'sha16-code' },
    );
  }

  /** Updates the live fragments of the file; returns the id of the pattern that was replaced. */
  #replace(fragment: Fragment, id: string, everywhere: boolean): string | undefined {
    const { filePath, code, replaces } = fragment;
    const live = this.#live.of(filePath);
    const parent = chooseParent(replaces, live);
    if (fragment.wholeFile) {
      const text = notebookSources(filePath, code) ?? code;
      this.#live.replaceAll(filePath, { patternId: id, text });
      return parent?.patternId;
    }
    const edited = live.flatMap((row) => {
      if (replaces.kind !== 'text') return [];
      const text = applyEdit(row.text, replaces.text, code, everywhere);
      if (text === undefined || text.length > MAX_LIVE_TEXT) return [];
      return [{ ...row, text: this.#cleaned(row.text, text) }];
    });
    this.#live.add(filePath, { patternId: id, text: code }, edited, live[0]?.seq ?? 0);
    return parent?.patternId;
  }

  /** Both texts were redacted, so only where they meet can a secret have come together. */
  #cleaned(before: string, after: string): string {
    const seam = seamOf(before, after);
    return this.#clean(seam) === seam ? after : this.#clean(after);
  }
}

// --- internal ---

/** As many lines around an edit as a name and its value may be apart. */
const SEAM_LINES = 4;

/** The part of `after` that differs from `before`, with some whole lines around it. */
function seamOf(before: string, after: string): string {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) {
    end += 1;
  }
  let from = start;
  let to = after.length - end;
  for (let line = 0; line < SEAM_LINES; line += 1) {
    from = after.lastIndexOf('\n', from - 1);
    if (from <= 0) break;
  }
  for (let line = 0; line < SEAM_LINES && to < after.length; line += 1) {
    const next = after.indexOf('\n', to + 1);
    to = next === -1 ? after.length : next;
  }
  return after.slice(Math.max(0, from), to);
}

function isSameWrite(a: Fragment, b: Fragment | undefined): boolean {
  return (
    b !== undefined &&
    a.filePath === b.filePath &&
    a.code === b.code &&
    a.replaces.kind === 'text' &&
    b.replaces.kind === 'text' &&
    a.replaces.text === b.replaces.text
  );
}
