/** Whom to call when something lasts: the section `escalation` of the configuration. */
export interface Contacts {
  readonly level_2: readonly string[];
  readonly level_3: readonly string[];
}

/** Between these lines of a page stands whom to call. */
export const CONTACTS_BEGIN =
  '<!-- contacts: `escalation` of config.yaml, as it was when this was installed -->';
export const CONTACTS_END = '<!-- contacts end -->';

/** Whom to call, as a part of a page; for undefined, where to say it. */
export function contactLines(contacts: Contacts | undefined): string[] {
  const of = (names: readonly string[] = []) =>
    names.length === 0 ? 'nobody is named' : names.join(', ');
  const isNamed = contacts !== undefined && [...contacts.level_2, ...contacts.level_3].length > 0;
  return [
    '| level | after | who |',
    '| ----- | ----- | --- |',
    '| 1 | at once | `pattern-tracker recover` |',
    `| 2 | 15 minutes | ${cell(of(contacts?.level_2))} |`,
    `| 3 | 30 minutes | ${cell(of(contacts?.level_3))} |`,
    ...(isNamed
      ? []
      : [
          '',
          '`escalation:` in `config.yaml` names them; `pattern-tracker install` writes them here.',
        ]),
  ];
}

/** A page with those whom it is to name. A page without the lines for it stays as it is. */
export function withContacts(page: string, contacts: Contacts | undefined): string {
  const begin = page.indexOf(CONTACTS_BEGIN);
  const end = page.indexOf(CONTACTS_END);
  if (begin < 0 || end < begin) return page;
  const head = page.slice(0, begin + CONTACTS_BEGIN.length);
  return [head, '', ...contactLines(contacts), '', page.slice(end)].join('\n');
}

// --- internal ---

/** What is in a configuration must not end a cell, or a line. */
function cell(text: string): string {
  return text.replaceAll(/[|\\`<>]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ');
}
