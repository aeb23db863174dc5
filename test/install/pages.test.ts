import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../lib/install/manifest.ts';
import { CONTACTS_BEGIN, CONTACTS_END, withContacts } from '../../lib/install/pages/contacts.ts';
import { installedPages, pagesFolder } from '../../lib/install/pages/installed-pages.ts';
import { writePages } from '../../scripts/build/pages.ts';
import { fakeMachine, put } from './fake-machine.ts';

const PAGE = `# Runbook\n\n${CONTACTS_BEGIN}\nnobody\n${CONTACTS_END}\n\nMore.\n`;
const CONTACTS = { level_2: ['Ada <ada@example.com>'], level_3: ['a|b', '+49 1'] };

/** A machine, and how to install with the pages of its checkout. */
function machineWithPages() {
  const machine = fakeMachine();
  const { home } = machine.paths;
  put(join(machine.sourceRoot, 'dist/docs/RUNBOOK.md'), PAGE);
  put(join(machine.sourceRoot, 'dist/docs/README.md'), '# Index\n');
  const install = (contacts?: typeof CONTACTS) =>
    machine.install({ pages: installedPages(machine.sourceRoot, home, contacts) });
  return { ...machine, folder: pagesFolder(home), install };
}

describe('pages', () => {
  it('lie beside the installation, and go with it', async () => {
    const machine = machineWithPages();
    machine.install();
    expect(machine.folder).toBe(join(machine.userHome, '.claude/hooks/docs'));
    expect(readdirSync(machine.folder)).toEqual(['README.md', 'RUNBOOK.md']);
    expect(readManifest(machine.paths.home)?.pages).toHaveLength(2);
    const { pages } = await machine.uninstall();
    expect([pages.length, existsSync(machine.folder)]).toEqual([2, false]);
  });

  it('are brought up to date, but for one that somebody has changed', async () => {
    const machine = machineWithPages();
    machine.install();
    put(join(machine.folder, 'README.md'), '# Mine\n');
    const { pages } = machine.install(CONTACTS);
    expect(pages.taken).toEqual([join(machine.folder, 'README.md')]);
    expect(readFileSync(join(machine.folder, 'RUNBOOK.md'), 'utf8')).toContain('ada@example.com');
    await machine.uninstall();
    expect(readdirSync(machine.folder)).toEqual(['README.md']);
  });

  it('lead nowhere but to each other and to the repository', () => {
    const { root } = fakeMachine();
    writePages(root, 'https://example.com/owner/name#readme');
    const names = readdirSync(root).filter((name) => name.endsWith('.md'));
    expect(names).toEqual(readdirSync('docs').filter((name) => name.endsWith('.md')));
    const links = names.flatMap((name) =>
      [...readFileSync(join(root, name), 'utf8').matchAll(/\]\(([^)\s#]+)/g)].map(
        ([, to]) => to ?? '',
      ),
    );
    expect(links.filter((to) => !names.includes(to) && !/^[a-z]+:/.test(to))).toEqual([]);
    expect(links).toContain('https://example.com/owner/name/blob/main/docs/decisions');
  });
});

describe('the contacts of a page', () => {
  it('stand where it says so', () => {
    const page = withContacts(PAGE, CONTACTS);
    expect(page).toContain('| 2 | 15 minutes | Ada \\<ada@example.com\\> |');
    expect(page).toContain('| 3 | 30 minutes | a\\|b, +49 1 |');
    expect(withContacts(page, CONTACTS)).toBe(page);
    expect(page.endsWith('\n\nMore.\n')).toBe(true);
  });

  it('are asked for where nobody is named', () => {
    expect(withContacts(PAGE, { level_2: [], level_3: [] })).toContain('`escalation:`');
    expect(withContacts('# Other\n', CONTACTS)).toBe('# Other\n');
  });
});
