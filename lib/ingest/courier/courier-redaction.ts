import { isDeepStrictEqual } from 'node:util';
import { openRedactor } from '../../redact/own/open-redactor.ts';
import type { OwnRedaction } from '../../redact/own/own-rules.ts';
import { createRedactor } from '../../redact/redact.ts';
import type { Redactor } from '../../redact/redact.ts';

/** The courier's redactor, which follows the user's own rules. */
export class CourierRedaction {
  #rules: OwnRedaction = { rules: [], allow: [] };
  #redactor: Redactor = createRedactor();

  /** The redactor with the present rules. */
  get redactor(): Redactor {
    return this.#redactor;
  }

  /** Takes the secrets out of a text, by the rules as they are then. */
  readonly clean = (text: string): string => this.#redactor.redactText(text).text;

  /**
   * Takes up the user's rules. If they have changed, what was remembered of sessions is gone.
   *
   * @throws TrackerError E_CONFIG when one of them cannot be used
   */
  async adopt(rules: OwnRedaction): Promise<void> {
    if (isDeepStrictEqual(rules, this.#rules)) return;
    this.#redactor = await openRedactor(rules);
    this.#rules = rules;
  }
}
