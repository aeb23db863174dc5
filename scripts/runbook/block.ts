import type { FaultName } from './faults.ts';

/** A part of the runbook: an alert, a checklist, a scenario. */
export interface Section {
  /** The part of the page that it stands in. */
  readonly chapter: string;
  /** The same as in the runbook that this one comes from. */
  readonly title: string;
  /** What stands before its blocks: how bad it is, how soon somebody has to act, by what one knows it. */
  readonly about: string;
  readonly blocks: readonly Block[];
  /** Whom to call, and when. */
  readonly escalate: string;
}

/** What an operator types, what fault that is for, and what there is to see. */
export interface Block {
  /** The same as in the runbook that this one comes from; empty for a list of commands. */
  readonly step: string;
  /** What there is to know first. */
  readonly note?: string;
  /** What is changed first in a file of the configuration: a person does that with an editor, the drill by itself. */
  readonly change?: { readonly file: 'config.yaml'; readonly yaml: string };
  /** Lines for sh, which the drill runs as they stand on the page. */
  readonly shell: string;
  /** The fault that is there when it begins; undefined for none. */
  readonly fault?: FaultName;
  /** Lines of what it prints, in their order; `…` stands for what differs. */
  readonly sees: readonly string[];
  /** How its last line ends. @default 0 */
  readonly exitCode?: number;
  /** The command without which it cannot be run. */
  readonly needs?: string;
}
