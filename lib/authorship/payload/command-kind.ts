import { basename } from 'node:path';
import type { AuthorshipKind } from '../piece.ts';
import { ECHOES, gitVerb, isInlineProgram, programKind, SELECTORS } from './program-kinds.ts';
import { headOf, isFilled, operandsOf } from './shell-steps.ts';
import type { ShellCommand, ShellStep } from './shell-steps.ts';

/** What a shell command makes of a file that it changed. */
export interface CommandEffect {
  /** What the text is that nothing else explains. */
  readonly kind: AuthorshipKind;
  /**
   * Which of the new lines Claude wrote: `all`; `worded`, those whose new words stand in the command; `spelled`,
   * those that stand in it as they are.
   */
  readonly own: 'all' | 'worded' | 'spelled';
}

/**
 * What a shell command makes of a file that it changed, by the programs in it: text that it restores, moves,
 * copies, formats, fetches or generates was not written by Claude, only text that stands in the command.
 */
export function commandEffect(shell: ShellCommand, path: string): CommandEffect {
  const effects = shell.steps.flatMap((step): StepEffect[] => {
    const effect = effectOf(step, shell);
    return effect === undefined ? [] : [{ ...effect, step }];
  });
  const naming = effectNaming(effects, path);
  if (naming !== undefined) return naming;
  // None names it: one that writes where its variables say, or one that works on many files.
  const loose = effects.find(({ kind, step }) => kind === 'authored' && isLoose(step));
  if (loose !== undefined) return WORDED;
  const other = effects.find(({ kind }) => kind !== 'authored');
  if (other !== undefined) return other;
  return shell.steps.some(({ program }) => /[A-Za-z0-9]/.test(program)) ? UNKNOWN : ALL;
}

// --- internal ---

const ALL: CommandEffect = { kind: 'authored', own: 'all' };
const WORDED: CommandEffect = { kind: 'authored', own: 'worded' };
const UNKNOWN: CommandEffect = { kind: 'unknown', own: 'spelled' };

interface StepEffect extends CommandEffect {
  readonly step: ShellStep;
}

/** Files that a text may go through before it is where it stays: `awk … > a.tmp && mv a.tmp a`. */
const MAX_HOPS = 3;

/** The effect of the last step that names a file; undefined if none does. */
function effectNaming(
  effects: readonly StepEffect[],
  path: string,
  hops = MAX_HOPS,
): CommandEffect | undefined {
  const name = basename(path);
  const isAbout = ({ kind, step }: StepEffect): boolean => names(step, kind, path, name);
  const index = effects.findLastIndex(isAbout);
  const naming = effects[index];
  if (naming === undefined) return undefined;
  const written = isTargeted(naming.kind) && hops > 0 && writtenSource(effects, index, name, hops);
  if (written) return naming.kind === 'moved' ? written : { ...naming, own: written.own };
  // Another step may have put text into it before.
  const isShared = effects.some(
    (effect) => effect.kind !== 'authored' && (!isTargeted(effect.kind) || isAbout(effect)),
  );
  return naming.own === 'all' && isShared ? WORDED : naming;
}

/** What Claude wrote, earlier in the same command, into the file that a step moves or copies. */
function writtenSource(
  effects: readonly StepEffect[],
  index: number,
  name: string,
  hops: number,
): CommandEffect | undefined {
  const operands = effects[index] === undefined ? [] : operandsOf(effects[index].step);
  const isFolder = basename(operands.at(-1) ?? '') !== name;
  const sources = new Set(
    operands.slice(0, -1).filter((word) => !isFolder || basename(word) === name),
  );
  for (const source of [...sources].slice(0, MAX_SOURCES)) {
    const effect = effectNaming(effects.slice(0, index), source, hops - 1);
    if (effect?.kind === 'authored') return effect;
  }
  return undefined;
}

const MAX_SOURCES = 4;

/** Undefined for a step that changes no file's text. */
function effectOf(step: ShellStep, shell: ShellCommand): CommandEffect | undefined {
  const { program, rest, text, targets } = step;
  if (targets.length > 0 || program === 'tee' || program === 'sponge') {
    return printedBy(step, shell);
  }
  const kind = programKind(program, rest);
  if (kind === 'formatted') return { kind, own: 'spelled' };
  if (isInlineProgram(program, rest, text)) return isInPlace(step) ? WORDED : undefined;
  return kind && { kind, own: 'spelled' };
}

/** What is it that goes into a file, by the program that printed it. */
function printedBy(step: ShellStep, { fillsDocuments }: ShellCommand): CommandEffect {
  const head = headOf(step);
  const { program, rest, text } = head;
  if (ENDS_GROUP.test(step.text)) return WORDED;
  if (isInlineProgram(program, rest, text)) return WORDED;
  const isGiven = text.includes('<<') || ECHOES.has(program);
  const files = ECHOES.has(program) ? [] : operandsOf(head);
  if (isGiven && (program === 'tee' || files.length === 0)) {
    return isFilled(head) || fillsDocuments ? WORDED : ALL;
  }
  if (isGiven) return WORDED;
  if (program === '') return ALL;
  if (program === 'git') {
    const kept = /^(?:show|cat-file|archive|diff|format-patch|log|stash)$/.test(gitVerb(rest));
    return { kind: kept ? 'restored' : 'unknown', own: 'spelled' };
  }
  return { kind: SELECTORS.has(program) ? 'copied' : 'unknown', own: 'spelled' };
}

/** `done > all.ts`, `} > all.ts`, `(…) > all.ts` */
const ENDS_GROUP = /^\s*(?:done|fi|esac|\}|\))\s*(?:\d?>|$)|\)\s*\d?>/;

/** Programs that are given programs write files only if these say so, which can only be seen of some. */
function isInPlace({ program, rest }: ShellStep): boolean {
  if (/^(?:g?sed|yq)$/.test(program)) {
    return rest.some((word) => /^(?:-[A-Za-z]*i|--in-place)/.test(word));
  }
  if (/^[gmn]?awk$/.test(program)) return true; // print > "file"
  return program !== 'jq';
}

/** True if what a step writes to stands not in the command as it is. */
function isLoose({ program, targets, text }: ShellStep): boolean {
  if (targets.some((target) => /[$`*?{]/.test(target))) return true;
  if (program === 'tee') return /[$`*?{]/.test(text);
  return targets.length === 0;
}

/** True if a step is about a file. What is copied or moved is about its target, which stands last. */
function names(step: ShellStep, kind: AuthorshipKind, path: string, name: string): boolean {
  if (step.targets.length > 0) return step.targets.some((target) => basename(target) === name);
  if (!isTargeted(kind)) return step.words.some((word) => endsWith(word, name));
  const target = (step.words.findLast((word) => !word.startsWith('-')) ?? '').replace(/\/$/, '');
  const folders = path.split('/').slice(0, -1);
  return basename(target) === name || target === '.' || folders.includes(basename(target));
}

/** True for what says where it goes to. */
function isTargeted(kind: AuthorshipKind): boolean {
  return kind === 'copied' || kind === 'moved';
}

/** A word may name a file after an option's sign: `--output=a.ts`, `if=a.ts`. */
function endsWith(word: string, name: string): boolean {
  if (!word.endsWith(name)) return false;
  const before = word.at(-name.length - 1);
  return before === undefined || !/[\w.-]/.test(before);
}
