import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Machine } from './machine.ts';

/** One way of installing, as command lines of sh. `$TARBALL` is the package, `$CLONE` the clone. */
export interface Way {
  /** As docs/install.md calls it. */
  readonly name: string;
  /** Puts in place what people have before they begin; it is not timed. */
  readonly prepare?: (machine: Machine) => void;
  readonly install: string;
  /** What people run to install it again. @default `install` */
  readonly again?: string;
  /** Takes away what the program was installed from: it has to work without. */
  readonly takeAway: string;
}

/** The npm package, run once. */
export const NPX: Way = {
  name: '`npx claude-pattern-tracker install`',
  install: 'npx --yes --package "$TARBALL" pattern-tracker install',
  takeAway: ':', // npx keeps it for the next time
};

/** The npm package, installed globally. */
export const GLOBAL: Way = {
  name: '`npm i -g claude-pattern-tracker`, `pattern-tracker install`',
  install: 'npm install --global --no-audit --no-fund "$TARBALL" && pattern-tracker install',
  again: 'pattern-tracker install',
  takeAway: 'npm uninstall --global claude-pattern-tracker',
};

/** A fresh clone. */
export const CLONE: Way = {
  name: '`./install.sh` in a fresh clone',
  prepare: ({ clone }) => copyCheckout(clone),
  install: 'cd "$CLONE" && ./install.sh',
  takeAway: 'mv "$CLONE" "$CLONE.moved"',
};

/** A clone that was built, and that nobody may write. */
export const BUILT_CLONE: Way = {
  name: '`./install.sh` in a built, read-only clone',
  prepare: ({ clone }) => {
    copyCheckout(clone);
    cpSync('dist', join(clone, 'dist'), { recursive: true });
    makeReadOnly(clone);
  },
  install: 'cd "$CLONE" && ./install.sh',
  takeAway: 'chmod -R u+w "$CLONE" && mv "$CLONE" "$CLONE.moved"',
};

// --- internal ---

/** Copies the files that git knows, as a clone would have them. */
function copyCheckout(folder: string): void {
  const list = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' });
  for (const path of list.split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(path, join(folder, path));
  }
}

function makeReadOnly(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeReadOnly(path);
    else chmodSync(path, entry.name.endsWith('.sh') ? 0o555 : 0o444);
  }
  chmodSync(folder, 0o555);
}
